"""Products, their offers and the blocks that show them, for tests; ``tests.factories.articles`` hands them on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from articles import product_details, products
from articles.models import Merchant, Offer, Product, ProductPlacement
from tests.factories.accounts import person as somebody

AT = datetime(2025, 9, 11, 8, 0, tzinfo=UTC)


def merchant(name: str = "Example Shop", hosts: Sequence[str] = ("shop.example",), **facts: Any) -> Merchant:
    facts = {"hosts": list(hosts), "tag": "tag=desk-20"} | facts
    made = Merchant.objects.get_or_create(name=name, defaults=facts)[0]
    products.forget()
    return made


def product(title: str = "Wool riding coat", *, maker: str = "Harrow & Vale", **facts: Any) -> Product:
    """A product of the library; its one offer is ``product.offer``. Facts: blurb, picture, and as ``offer``."""
    own = {name: facts.pop(name) for name in ("blurb", "picture") if name in facts}
    made = Product.objects.create(maker=maker, title=title, **{"blurb": "Cut in Yorkshire from British wool.", **own})
    made.offer = offer(made, **facts)  # type: ignore[attr-defined]
    return made


def offer(product: Product, **facts: Any) -> Offer:
    """What a merchant asks for a product. Facts: merchant, link, price (None for none), currency, checked_at, …"""
    facts = {"link": "https://shop.example/coats/riding", "price": Decimal("240.00"), "currency": "GBP"} | facts
    facts.setdefault("checked_at", AT if facts["price"] is not None else None)
    return Offer.objects.create(product=product, merchant=facts.pop("merchant", None) or merchant(), **facts)


def product_placement(product: Product | None = None, *, blurb: str | None = None, **facts: Any) -> ProductPlacement:
    """A block of a product's first offer, or of ``offer``; ``offerless`` as blocks older than offers can be."""
    made = product or globals()["product"]()
    selling = facts.pop("offer", None) or made.offers.select_related("merchant", "product__picture").first()
    return ProductPlacement.objects.create(
        product=made,
        offer=None if facts.pop("offerless", False) else selling,
        **product_details.of_library(selling),
        blurb=made.blurb if blurb is None else blurb,
        created_by=facts.pop("created_by", None) or somebody("reporter"),
        created_at=AT,
    )

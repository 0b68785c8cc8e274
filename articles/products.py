"""Things that readers can buy: the library. What merchants ask for them is in ``offering``, who sells in ``merchants``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F, Q, QuerySet

from articles import offering, offers, typed
from articles.events import PRODUCT_CHANGED
from articles.merchants import (
    AFFILIATE_REL,
    change_merchant,
    clean_host,
    forget,
    link_rel,
    merchant_of,
    sells,
    undisclosed,
)
from articles.models import Offer, Product
from articles.offering import OfferFacts, writer
from articles.refusals import Refused, Stale
from media_assets.models import Asset
from newsroom import audit
from newsroom.accounts.models import Person
from newsroom.outbox import record

__all__ = [
    "AFFILIATE_REL",
    "ProductFacts",
    "add",
    "change",
    "change_merchant",
    "clean_host",
    "forget",
    "link_rel",
    "listing",
    "merchant_of",
    "sells",
    "undisclosed",
]


@dataclass(frozen=True)
class ProductFacts:
    """What the form asks; everything as typed."""

    maker: str
    title: str
    blurb: str = ""
    picture_id: int | None = None


def add(*, person: Person, facts: ProductFacts, offer: OfferFacts, at: datetime) -> Product:
    """Put a product into the library with its first offer.

    Raises:
        Refused: by field (maker, title, blurb, picture, and those of the offer), or the person does not write.
    """
    writer(person)
    messages: dict[str, str] = {}
    values = _checked(facts, messages)
    offered = offering.checked(offer, messages)
    if messages:
        raise Refused(messages)
    with transaction.atomic():
        product = Product.objects.create(**values)
        offering.store(product, offered, person=person, at=at)
        audit.note(person, "product.added", f"product:{product.pk}")
    return product


def change(product_id: int, *, person: Person, expected_version: int, facts: ProductFacts) -> Product:
    """Change what the library says of a product. Nothing of it reaches pages that show it already: picture, names and
    words are the placement's and were approved with the story.

    Raises:
        Refused: by field, as ``add``.
        Stale: somebody changed it meanwhile; nothing was written.
    """
    writer(person)
    messages: dict[str, str] = {}
    values = _checked(facts, messages)
    if messages:
        raise Refused(messages)
    with transaction.atomic():
        seen = Product.objects.filter(pk=product_id, version=expected_version)
        if not seen.update(**values, version=F("version") + 1):
            raise Stale("Somebody changed this product while you had it open. Your words are still in the form.")
        record(PRODUCT_CHANGED, product_id=product_id)
        audit.note(person, "product.changed", f"product:{product_id}")
    return Product.objects.get(pk=product_id)


_SOLD = Q(ended_at__isnull=True)
# state -> what the list calls it, and the offers that are in it at a moment.
STATES: dict[str, tuple[str, Callable[[datetime], Q]]] = {
    "stale": ("Price hidden", lambda at: _SOLD & Q(price__isnull=False, checked_at__lte=at - offers.PRICE_KEPT)),
    "priceless": ("No price", lambda at: _SOLD & Q(price__isnull=True)),
    "out": ("Out of stock", lambda at: _SOLD & Q(in_stock=False)),
    "held": ("Price waits for a person", lambda at: Q(held_price__isnull=False)),
    "link": ("Link gone or moved", lambda at: _SOLD & Q(link_state__in=[Offer.Link.GONE, Offer.Link.MOVED])),
    "ended": ("No longer sold there", lambda at: ~_SOLD),
}


def listing(
    *, q: str = "", merchant_id: int | None = None, state: str = "", at: datetime | None = None
) -> QuerySet[Product]:
    """Products by maker and title. state: a name of STATES, asked at ``at``; an unknown one filters nothing."""
    found = Product.objects.all()
    if merchant_id is not None:
        found = found.filter(pk__in=Offer.objects.filter(merchant_id=merchant_id).values("product"))
    if state in STATES and at is not None:
        found = found.filter(pk__in=Offer.objects.filter(STATES[state][1](at)).values("product"))
    if q := typed.line(q)[:100]:
        selling = Offer.objects.filter(merchant__name__icontains=q).values("product")
        found = found.filter(Q(maker__icontains=q) | Q(title__icontains=q) | Q(pk__in=selling))
    return found


def _checked(facts: ProductFacts, messages: dict[str, str]) -> dict[str, object]:
    maker, title, blurb = typed.line(facts.maker), typed.line(facts.title), typed.lines(facts.blurb)
    if not maker or len(maker) > 120:
        messages["maker"] = "Give the maker's name, up to 120 characters."
    if not title or len(title) > 200:
        messages["title"] = "Give the product's name, up to 200 characters."
    if len(blurb) > 1000:
        messages["blurb"] = "Keep the words about it to 1,000 characters."
    if facts.picture_id is not None and not Asset.objects.filter(pk=facts.picture_id).exists():
        messages["picture"] = "Choose a picture of the library."
    return {"maker": maker, "title": title, "blurb": blurb, "picture_id": facts.picture_id}

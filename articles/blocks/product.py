"""Something that readers can buy. Its first line says that the link earns us money (promise 16)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone

from articles import offers, products, typed
from articles.blocks.picking import FOUND, chosen
from articles.blocks.picturing import shown
from articles.models import Product, ProductPlacement
from articles.times import when, zone_of
from media_assets import rights
from media_assets.models import Use, loading
from newsroom.accounts.models import Person
from newsroom.blocks import Block, Choice, Field, Picker, PlaceRefused, Problem, Target
from newsroom.publication.current import current

MAIL_PICTURE = 180  # CSS pixels wide


class ProductBlock(Block):
    """Something readers can buy. Its first line says that the link earns us money."""

    kind = "product"
    label = "Product"
    icon = "i-product"
    picker = Picker(
        search="Search the products",
        fields=(
            Field("blurb", "What it is", "textarea", help="A sentence or two, in this story’s words.", max_length=1000),
        ),
        link="articles-desk:products",
        link_label="Add a product to the library",
        empty="No product of that name. Add it to the library first.",
    )

    def load(self, ids: set[int]) -> Mapping[int, ProductPlacement]:
        found = ProductPlacement.objects.select_related("product__merchant", "product__picture__agency").defer(
            "product__picture__words", "product__picture__found"
        )
        loaded = found.annotate(
            _made=loading.made_of("product__picture"), _rows=loading.rows_of("product__picture")
        ).in_bulk(ids)
        for placement in loaded.values():
            if placement.product.picture is not None:
                loading.unpack(placement.product.picture, placement._made, placement._rows)
        return loaded

    def tags(self, placement: ProductPlacement) -> set[str]:
        asset = placement.product.picture_id
        return {f"product:{placement.product_id}"} | ({f"asset:{asset}"} if asset else set())

    def checks(self, placement: ProductPlacement, at: datetime) -> Iterable[Problem]:
        product = placement.product
        if products.merchant_of(placement.link) is None:
            yield Problem(f"The link of “{placement.title}” does not lead to a merchant that we know.")
        if product.price is None:
            yield Problem(f"“{placement.title}” has no price; readers see none.", stop=False)
        elif not offers.price(product, at):
            yield Problem(f"The price of “{placement.title}” was checked too long ago; readers see none.", stop=False)
        if product.picture is not None:
            usable = rights.usability(product.picture, Use.WEB, at)
            if not usable.allowed:
                yield Problem(f"The picture of “{placement.title}” is not shown. {usable.sentence}", stop=False)

    def context(self, placement: ProductPlacement, target: Target, at: datetime) -> dict[str, Any]:
        product = placement.product
        price = offers.price(product, at)
        context: dict[str, Any] = {
            "price": price,
            "checked": when(product.price_checked_at, zone_of(current()))
            if price and product.price_checked_at
            else None,
            "stale_hours": int(offers.PRICE_KEPT.total_seconds() // 3600),
            "merchant": product.merchant.name,
            "link": offers.link(placement.link, product.merchant.tag),
        }
        picture = shown(product.picture, target, at)
        if picture is not None and product.picture is not None:
            width = min(picture.width, MAIL_PICTURE)
            context |= {
                "picture": picture,
                "picture_src": picture.src,
                "picture_text": product.picture.alternative_text,
                "picture_credit": product.picture.printed_credit,
                "picture_width": width,
                "picture_height": max(1, round(picture.height * width / picture.width)),
            }
        return context

    def title(self, placement: ProductPlacement) -> str:
        return f"{placement.maker}: {placement.title}"

    def search(self, person: Person, q: str) -> list[Choice]:
        found = products.listing(q=q).order_by("-pk") if not q.strip() else products.listing(q=q)
        return [
            Choice(
                product.pk,
                f"{product.maker}: {product.title}",
                " ".join(
                    filter(
                        None,
                        [
                            offers.money(product.price, product.currency) if product.price is not None else "",
                            f"at {product.merchant.name}",
                        ],
                    )
                ),
                values={"blurb": product.blurb},
            )
            for product in found[:FOUND]
        ]

    def place(self, person: Person, fields: Mapping[str, str]) -> int:
        product = Product.objects.filter(pk=chosen(fields, "Choose a product.")).first()
        if product is None:
            raise PlaceRefused({"choice": "This product is no longer in the library. Choose another."})
        blurb = typed.lines(fields.get("blurb", ""))
        if len(blurb) > 1000:
            raise PlaceRefused({"blurb": f"Keep it to 1,000 characters; it has {len(blurb):,}."})
        made = ProductPlacement.objects.create(
            product=product,
            maker=product.maker,
            title=product.title,
            link=product.link,
            blurb=blurb,
            created_by=person,
            created_at=timezone.now(),
        )
        return made.pk

    def values(self, placement: ProductPlacement) -> dict[str, str]:
        return {
            "choice": str(placement.product_id),
            "choice_title": self.title(placement),
            "blurb": placement.blurb,
        }

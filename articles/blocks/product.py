"""Something that readers can buy. Its first line says that the link earns us money (promise 16)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from articles import barring, offering, offers, product_details, products, typed
from articles.blocks.picking import FOUND, chosen
from articles.blocks.picturing import shown
from articles.models import Offer, ProductPlacement, Story
from articles.times import when, zone_of
from media_assets import rights
from media_assets.models import Use, loading
from newsroom.accounts.models import Person
from newsroom.blocks import Block, Choice, Field, Picker, PlaceRefused, Problem, Target
from newsroom.deskui.templatetags.desk import long_ago
from newsroom.prepared import Prepared
from newsroom.public_pages import url
from newsroom.publication.current import current
from newsroom.wording import quoted

MAIL_PICTURE = 180  # CSS pixels wide


# The library's picture comes along with its alternative text alone, to say whether the library has newer details.
_by_id = Prepared[Any](
    lambda ids: (
        ProductPlacement.objects.filter(pk__any=ids)
        .select_related("offer__merchant", "offer__product__picture", "picture__agency")
        .defer(
            "picture__words",
            "picture__found",
            "offer__product__picture__words",
            "offer__product__picture__found",
            "offer__merchant__commission",
        )
        .annotate(_made=loading.made_of("picture"), _rows=loading.rows_of("picture"))
    ),
    ids=[-1],
)


class ProductBlock(Block):
    """Something readers can buy. Its first line says that the link earns us money."""

    kind = "product"
    label = "Product"
    icon = "i-product"
    asked = (
        "Its link leads to a merchant of the library. Said besides: a page that is gone or has moved, a price that is missing "
        "or was checked more than 48 hours ago (readers see none), no stock, a picture that may not be shown, newer details."
    )
    picker = Picker(
        search="Search the products",
        fields=(
            Field("blurb", "What it is", "textarea", help="A sentence or two, in this story’s words.", max_length=1000),
            Field("renew", "Take the library’s new details", "offer"),
            Field("placement", "The block that is edited", "hidden"),
        ),
        link="articles-desk:products",
        link_label="Add a product to the library",
        empty="No product of that name. Add it to the library first.",
    )

    def load(self, ids: set[int]) -> Mapping[int, ProductPlacement]:
        loaded = {placement.pk: placement for placement in _by_id(ids=list(ids))}
        for placement in loaded.values():
            if placement.picture is not None:
                loading.unpack(placement.picture, placement._made, placement._rows)
        return loaded

    def tags(self, placement: ProductPlacement) -> set[str]:
        asset = placement.picture_id
        return {f"product:{placement.product_id}"} | ({f"asset:{asset}"} if asset else set())

    def checks(self, placement: ProductPlacement, at: datetime) -> Iterable[Problem]:
        # What is found is of the library's making, or can be compared there.
        page = reverse("articles-desk:product", args=[placement.product_id])
        return [replace(problem, page=page) for problem in self._problems(placement, at)]

    def _problems(self, placement: ProductPlacement, at: datetime) -> Iterator[Problem]:
        if products.merchant_of(placement.link) is None:
            yield Problem(f"The link of {quoted(placement.title)} does not lead to a merchant that we know.")
        if why := _no_price(placement, at):
            yield Problem(f"{quoted(placement.title)}: {why}", stop=False)
        offer = placement.offer
        if offer is None or offer.ended_at is not None:
            offer = None  # what became of its link and its stock is nobody's business any more
        if offer is not None and offer.link_state == Offer.Link.MOVED:
            yield Problem(
                f"The link of {quoted(placement.title)} leads elsewhere. {offer.link_note}".strip(), stop=False
            )
        if offer is not None and offer.in_stock is False:
            yield Problem(
                f"{quoted(placement.title)} is out of stock at {placement.merchant}; readers are told so.", stop=False
            )
        if placement.picture is not None:
            usable = rights.usability(placement.picture, Use.WEB, at)
            if not usable.allowed:
                yield Problem(f"The picture of {quoted(placement.title)} is not shown. {usable.sentence}", stop=False)
        if newer := product_details.newer(placement):
            yield Problem(
                f"The library has new details of {quoted(placement.title)}: {newer}. Edit the product in the text to take them.",
                stop=False,
            )

    def context(self, placement: ProductPlacement, target: Target, at: datetime) -> dict[str, Any]:
        price, offer = _price(placement, at), placement.offer
        context: dict[str, Any] = {
            "price": price,
            "checked": when(offer.checked_at, zone_of(current())) if price and offer and offer.checked_at else None,
            "no_price": _no_price(placement, at),
            "sold_out": _sold_out(placement),
            "ended": offer is not None and offer.ended_at is not None,
            "merchant": placement.merchant,
            "link": _way(placement, target),
        }
        picture = shown(placement.picture, target, at)
        if picture is not None and placement.picture is not None:
            width = min(picture.width, MAIL_PICTURE)
            context |= {
                "picture": picture,
                "picture_src": picture.src,
                "picture_text": placement.picture_text,
                "picture_credit": placement.picture.labelled_credit,
                "picture_width": width,
                "picture_height": max(1, round(picture.height * width / picture.width)),
            }
        return context

    def title(self, placement: ProductPlacement) -> str:
        return f"{placement.maker}: {placement.title}"

    def published_words(self, placement: ProductPlacement) -> Mapping[str, str]:
        return {
            "maker of the product": placement.maker,
            "name of the product": placement.title,
            "words about the product": placement.blurb,
            "alternative text": placement.picture_text,
        }

    def barred(self, story_id: int) -> str:
        story = Story.objects.select_related("section").filter(pk=story_id).first()
        return barring.why(story) if story is not None else ""

    def search(self, person: Person, q: str) -> list[Choice]:
        """One row for each offer: who chooses a product chooses whose price its block shows."""
        found, at = offering.listing(q=q), timezone.now()
        return [
            Choice(
                offer.pk,
                f"{offer.product.maker}: {offer.product.title}",
                _said(offer, at),
                values={"blurb": offer.product.blurb},
            )
            for offer in (found if q.strip() else found.order_by("-pk"))[:FOUND]
        ]

    def place(self, person: Person, fields: Mapping[str, str]) -> int:
        library = Offer.objects.select_related("merchant", "product__picture")
        offer = library.filter(pk=chosen(fields, "Choose a product.")).first()
        if offer is None:
            raise PlaceRefused({"choice": "This product is no longer in the library. Choose another."})
        kept = _edited(fields, offer)
        if offer.ended_at is not None and (kept is None or fields.get("renew")):
            raise PlaceRefused({"choice": f"{offer.merchant.name} does not sell it any more. Choose another offer."})
        blurb = typed.lines(fields.get("blurb", ""))
        if len(blurb) > 1000:
            raise PlaceRefused({"blurb": f"Keep it to 1,000 characters; it has {len(blurb):,}."})
        edited = None if fields.get("renew") else kept
        details = product_details.of_placement(edited) if edited else product_details.of_library(offer)
        made = ProductPlacement.objects.create(
            product=offer.product, offer=offer, blurb=blurb, created_by=person, created_at=timezone.now(), **details
        )
        return made.pk

    def values(self, placement: ProductPlacement) -> dict[str, str]:
        newer = product_details.newer(placement)
        return {
            "choice": str(placement.offer_id or ""),
            "choice_title": self.title(placement),
            "blurb": placement.blurb,
            "placement": str(placement.pk),
            "renew": f"By now it says otherwise: {newer}." if newer else "",
        }


def _way(placement: ProductPlacement, target: Target) -> str:
    """The counted way to the shop. Plain text has no page whose address would complete it."""
    way = url("reader:go", placement.pk)
    return f"{settings.ORIGIN}{way}" if target is Target.TEXT else way


def _said(offer: Offer, at: datetime) -> str:
    """What the picker says of an offer: price and its age, who sells it, and what is wrong with it."""
    said = [f"at {offer.merchant.name}"]
    if offer.price is not None and offer.checked_at is not None:
        said[0] = f"{offers.money(offer.price, offer.currency)} {said[0]}"
        age = f"checked {long_ago(offer.checked_at, at)}"
        said.append(age if offers.price(offer, at) else f"{age}: too old to be shown")
    else:
        said.append("no price")
    if offer.in_stock is not None:
        said.append("in stock" if offer.in_stock else "out of stock")
    if offer.link_state in (Offer.Link.GONE, Offer.Link.MOVED):
        said.append(f"link: {offer.get_link_state_display().lower()}")
    return ", ".join(said)


def _edited(fields: Mapping[str, str], offer: Offer) -> ProductPlacement | None:
    """The placement that is being edited, whose details stay; None for another offer, and for a new block."""
    pk = typed.whole_number(fields.get("placement", ""))
    return ProductPlacement.objects.filter(pk=pk, offer=offer).first() if pk is not None else None


def _sold_out(placement: ProductPlacement) -> str:
    """What readers are told where the shop has none; "" where it has, and where nobody knows."""
    offer = placement.offer
    if offer is not None and offer.ended_at is not None:
        return "No longer sold there"
    return "Out of stock" if offer is not None and offer.in_stock is False else ""


def _price(placement: ProductPlacement, at: datetime) -> str:
    """The price of the offer that the placement names, as long as its link is the offer's shop's and not known dead."""
    offer = placement.offer
    if offer is None or offer.link_state == Offer.Link.GONE or not products.sells(offer.merchant, placement.link):
        return ""
    return offers.price(offer, at)


def _no_price(placement: ProductPlacement, at: datetime) -> str:
    """Why readers see no price; "" where they see one."""
    if _price(placement, at):
        return ""
    offer = placement.offer
    if offer is None:
        return f"The library has no offer of {placement.merchant}; readers see no price. Choose the product again."
    if offer.ended_at is not None:
        return f"{placement.merchant} does not sell it any more; readers see no price. Choose another offer, or take it out."
    if offer.link_state == Offer.Link.GONE:  # whether or not it had a price: the link itself leads nowhere
        return "Its page at the shop is gone; readers see no price."
    if offer.price is None:
        return "It has no price; readers see none."
    if not products.sells(offer.merchant, placement.link):
        return f"Its link no longer leads to {offer.merchant.name}; readers see no price."
    hours = int(offers.PRICE_KEPT.total_seconds() // 3600)
    return f"The price was checked more than {hours} hours ago; readers see none. Check it on the product’s page."

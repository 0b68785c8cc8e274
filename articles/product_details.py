"""What a story says of a product: taken from the library when it is placed, and never again by itself (promises 1 to 3).
What the library says later enters a story as a new placement, so that somebody approves it."""

from __future__ import annotations

from typing import Any

from articles.models import Offer, ProductPlacement
from newsroom.wording import quoted

_NAMES = {
    "maker": "maker",
    "title": "name",
    "merchant": "merchant",
    "link": "link",
    "tag": "affiliate tag",
    "tracking": "tracking address",
    "picture_id": "picture",
    "picture_text": "the picture’s alternative text",
}
_SHOWN = ("maker", "title", "merchant")


def of_library(offer: Offer) -> dict[str, Any]:
    """What the library says now, by the names of the placement's fields. Reads ``merchant`` and ``product.picture``."""
    product, merchant = offer.product, offer.merchant
    picture = product.picture if product.picture is not None and product.picture.alternative_text.strip() else None
    return {
        "maker": product.maker,
        "title": product.title,
        "merchant": merchant.name,
        "link": offer.link,
        "tag": merchant.tag,
        "tracking": merchant.tracking,
        "picture_id": picture.pk if picture else None,
        "picture_text": picture.alternative_text if picture else "",
    }


def of_placement(placement: ProductPlacement) -> dict[str, Any]:
    """What ``placement`` says, by the names of its fields."""
    return {name: getattr(placement, name) for name in _NAMES}


def newer(placement: ProductPlacement) -> str:
    """What the library says otherwise by now, in words: "name “Long coat”, link"; "" where it says the same, and where
    the library no longer has the shop's offer, or it has ended."""
    if placement.offer is None or placement.offer.ended_at is not None:
        return ""
    said, now = of_placement(placement), of_library(placement.offer)
    return ", ".join(
        f"{_NAMES[name]} {quoted(now[name])}" if name in _SHOWN else _NAMES[name]
        for name in _NAMES
        if said[name] != now[name]
    )

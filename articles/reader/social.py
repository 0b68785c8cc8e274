"""The picture that other sites show beside a link to a page of ours: its own use, with its own right."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from articles.reader.cards import Card
from media_assets import crops, rights
from media_assets.models import ImagePlacement, Use


@dataclass(frozen=True)
class SocialImage:
    address: str
    width: int
    height: int
    alternative_text: str


def image(placement: ImagePlacement | None, at: datetime) -> SocialImage | None:
    """``placement`` as it may be shown there at ``at``; None where it may not, or its files are not made yet."""
    if placement is None or not rights.usability(placement.asset, Use.SOCIAL, at).allowed:
        return None
    shown = crops.picture(placement.asset, crops.SHAPES["social"])
    if not shown.ready:
        return None
    return SocialImage(f"{settings.ORIGIN}{shown.widest}", shown.width, shown.height, placement.alternative_text)


def first(cards: Iterable[Card | None], loaded: Mapping[int, ImagePlacement], at: datetime) -> SocialImage | None:
    """Of a list's cards, in order, the first picture that may be shown there. loaded: the pictures of all of them."""
    return next((one for card in cards if card and (one := image(loaded.get(card.lead_image_id or 0), at))), None)

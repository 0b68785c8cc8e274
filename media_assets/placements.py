"""Putting a picture into a story."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from media_assets import rights
from media_assets.models import Asset, ImagePlacement, Use
from media_assets.models.loading import made_of, rows_of, unpack
from newsroom.accounts.models import Person
from newsroom.prepared import Prepared


class Refused(ValueError):
    """What was said of the picture is not enough: ``field`` and what to do about it."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message


def place(
    asset: Asset, *, caption: str, alternative_text: str, person: Person, at: datetime | None = None
) -> ImagePlacement:
    """Make a placement of ``asset`` with this story's words. Editing one in a draft means placing again.

    With ``at``, the rights are asked first (the moment of picking); without it they are asked at publish and render.

    Raises:
        Refused: the alternative text is missing or something is too long, or the website may not show the picture at
            ``at``.
    """
    said, caption = (text.replace("\0", "").strip() for text in (alternative_text, caption))
    if not said:
        raise Refused("alternative_text", "Describe what is to be seen, for readers who cannot see the picture.")
    if len(said) > 500:
        raise Refused("alternative_text", f"Keep it under 500 characters; it has {len(said)}.")
    if len(caption) > 2000:
        raise Refused("caption", f"Keep it under 2,000 characters; it has {len(caption):,}.")
    if at is not None and not (usable := rights.usability(asset, Use.WEB, at)).allowed:
        raise Refused("asset", f"This picture may not be used. {usable.sentence}")
    return ImagePlacement.objects.create(asset=asset, caption=caption, alternative_text=said, created_by=person)


_by_id = Prepared[Any](
    lambda ids: (
        ImagePlacement.objects.filter(pk__any=ids)
        .select_related("asset__agency")
        .defer("asset__words", "asset__found")
        .annotate(_made=made_of("asset"), _rows=rows_of("asset"))
    ),
    ids=[-1],
)


def load(ids: Iterable[int]) -> Mapping[int, ImagePlacement]:
    """Return placements by id with asset, agency, renditions and rights, in ONE query; absent ones are left out."""
    loaded = {}
    wanted = list(set(ids))
    for placement in _by_id(ids=wanted) if wanted else ():
        unpack(placement.asset, placement._made, placement._rows)
        loaded[placement.pk] = placement
    return loaded

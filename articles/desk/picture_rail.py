"""The Pictures tab of the writing screen: the saved text's pictures, and what the library allows of each now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from articles.checks import Matter
from media_assets import rights
from media_assets.models import ImagePlacement, Use
from newsroom import blocks

_ELSEWHERE = ((Use.FEED, "feeds"), (Use.MAIL, "newsletters"))


@dataclass(frozen=True)
class Placed:
    """One picture of the text. where: "lead_image" or "image:12". reasons: why the website may not show it; empty
    where it may. until: when that ends by itself, if it is in sight. left_out: other exits that may not show what the
    website may. cautions: what whoever shows it must know."""

    placement: ImagePlacement
    where: str
    reasons: tuple[str, ...]
    until: datetime | None
    left_out: tuple[str, ...]
    cautions: tuple[str, ...]

    @property
    def lead(self) -> bool:
        return self.where == "lead_image"

    @property
    def stops(self) -> bool:
        return bool(self.reasons)


def rows(matter: Matter) -> list[Placed]:
    """The lead picture, then those of the text in its order; what stops publication before all others. No query beyond
    what the checks loaded."""
    loaded = matter.placements.get("image", {})
    lead = matter.revision.lead_image_id
    standing = [("lead_image", lead)] if lead is not None else []
    standing += [
        (f"image:{found.id}", found.id) for found in blocks.references(matter.revision.body) if found.kind == "image"
    ]
    placed = [_placed(loaded[pk], where, matter.at) for where, pk in dict.fromkeys(standing) if pk in loaded]
    return sorted(placed, key=lambda one: not one.stops)


def _placed(placement: ImagePlacement, where: str, at: datetime) -> Placed:
    usable = rights.usability(placement.asset, Use.WEB, at)
    return Placed(
        placement,
        where,
        tuple(usable.reasons),
        rights.allowed_until(placement.asset, Use.WEB, at),
        tuple(
            name
            for use, name in _ELSEWHERE
            if usable.allowed and not rights.usability(placement.asset, use, at).allowed
        ),
        tuple(usable.warnings),
    )

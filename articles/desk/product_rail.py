"""The Products tab of the writing screen: the saved text's product blocks, and what the library knows of them now."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Sum

from articles import offers
from articles.checks import Matter
from articles.models import Click, ProductPlacement
from newsroom import blocks


@dataclass(frozen=True)
class Placed:
    """One block. row: its offer in words, None for a block that names none. clicks: all that readers made on it."""

    placement: ProductPlacement
    row: offers.Row | None
    clicks: int


def rows(matter: Matter) -> list[Placed]:
    """The product blocks in the order of the text. One query where there are any, beyond what the checks loaded."""
    loaded = matter.placements.get("product", {})
    if not loaded:
        return []
    order = [
        found.id for found in blocks.references(matter.revision.body) if found.kind == "product" and found.id in loaded
    ]
    counted = Click.objects.filter(placement__in=order).values("placement").annotate(number=Sum("count"))
    clicks = {row["placement"]: row["number"] for row in counted}
    return [
        Placed(
            loaded[pk],
            offers.row(loaded[pk].offer, matter.at) if loaded[pk].offer is not None else None,
            clicks.get(pk, 0),
        )
        for pk in dict.fromkeys(order)
    ]

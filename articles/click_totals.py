"""How often readers followed links to shops: by block, product, story, merchant and day."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Exists, Max, OuterRef, QuerySet, Sum

from articles.access import published
from articles.models import Click

MOST = 20_000  # lines of one table
HIDDEN = "A story that readers do not see"


@dataclass(frozen=True)
class Line:
    """A row of the totals. name: what it is of, as readers met it. detail: which story a block stands in, else "".
    parts: days with clicks; of a day, how many blocks were followed."""

    name: str
    clicks: int
    parts: int
    detail: str = ""


@dataclass(frozen=True)
class Group:
    """One way to add up. heading: of the column with the names. columns: what makes a row. parts: what is counted beside
    the clicks, by its heading and its column."""

    heading: str
    columns: tuple[str, ...]
    parts: tuple[str, str] = ("Days with clicks", "day")
    detail: str = ""


_STORY = ("story__published_revision__headline", "seen", "story_id")
GROUPS: dict[str, Group] = {
    "product": Group("Product", ("placement__maker", "placement__title")),
    "block": Group(
        "Block",
        ("placement__maker", "placement__title", "placement__merchant", "placement_id", *_STORY),
        detail="Story",
    ),
    "story": Group("Story", _STORY),
    "merchant": Group("Merchant", ("placement__merchant",)),
    "day": Group("Day", ("day",), parts=("Blocks followed", "placement")),
}


def totals(by: str, *, since: date, until: date, at: datetime, merchant_id: int | None = None) -> list[Line]:
    """Clicks from ``since`` to ``until``, both included: the most first, days the newest first. One query.

    A headline is what readers see at ``at``; a story that they may not see then, withdrawn or under embargo, is not named
    here (marketing reads no drafts; promise 8).

    Arguments:
        by: a key of GROUPS.
        merchant_id: only blocks that name an offer of this merchant.
    """
    group = GROUPS[by]
    order = ("-day",) if by == "day" else ("-clicks", *group.columns)
    rows = (
        _between(since, until, merchant_id)
        .annotate(seen=Exists(published(at).filter(pk=OuterRef("story"))))
        .values(*group.columns)
        .annotate(clicks=Sum("count"), parts=Count(group.parts[1], distinct=True))
        .order_by(*order)
    )
    return [
        Line(_name(by, row), row["clicks"], row["parts"], _headline(row) if group.detail else "") for row in rows[:MOST]
    ]


def number(*, since: date, until: date, merchant_id: int | None = None) -> int:
    return _between(since, until, merchant_id).aggregate(all=Sum("count"))["all"] or 0


def by_merchant(merchant_ids: Collection[int], *, since: date) -> dict[int, int]:
    """Clicks since a day on blocks that name an offer of these merchants. One query."""
    found = Click.objects.filter(day__gte=since, placement__offer__merchant__in=merchant_ids)
    rows = found.values("placement__offer__merchant").annotate(clicks=Sum("count"))
    return {row["placement__offer__merchant"]: row["clicks"] for row in rows}


def best_of(merchant_id: int, *, since: date, most: int) -> list[Line]:
    """The merchant's products that were followed most since a day. One query."""
    found = Click.objects.filter(day__gte=since, placement__offer__merchant=merchant_id)
    rows = (
        found.values("placement__product")
        .annotate(
            clicks=Sum("count"),
            parts=Count("day", distinct=True),
            placement__maker=Max("placement__product__maker"),
            placement__title=Max("placement__product__title"),
        )
        .order_by("-clicks", "placement__product")
    )
    return [Line(_name("product", row), row["clicks"], row["parts"]) for row in rows[:most]]


def _between(since: date, until: date, merchant_id: int | None) -> QuerySet[Click]:
    found = Click.objects.filter(day__gte=since, day__lte=until)
    return found if merchant_id is None else found.filter(placement__offer__merchant=merchant_id)


def _name(by: str, row: Mapping[str, Any]) -> str:
    if by == "story":
        return _headline(row)
    if by == "merchant":
        return str(row["placement__merchant"])
    if by == "day":
        return str(row["day"].isoformat())
    product = f"{row['placement__maker']} {row['placement__title']}"
    return f"{product} at {row['placement__merchant']}" if by == "block" else product


def _headline(row: Mapping[str, Any]) -> str:
    return str(row["story__published_revision__headline"]) if row["seen"] else HIDDEN

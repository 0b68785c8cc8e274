"""How many there are of each kind among what is asked for: counted in the newest thousand, and it says so.

A count over all of a hundred thousand pictures would take longer than the page. One query, and one more for each filter
that is set, because a filter's own numbers are those without it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Min
from django.utils import timezone

from media_assets import library
from media_assets.library import Asked
from media_assets.models import Agency, Asset, Shape, Standing
from newsroom.accounts.models import Person

MOST = 1_000
_MONTHS = (
    "January February March April May June July August September October November December".split()  # noqa: SIM905
)


@dataclass(frozen=True)
class Option:
    """One value of a filter. ``count`` is among the newest thousand; None: none of them, but it may be older."""

    value: str
    label: str
    count: int | None
    chosen: bool


@dataclass(frozen=True)
class Facets:
    """count: how many there are, MOST at most; more: there are more than that."""

    count: int
    more: bool
    states: list[Option]
    selects: list[tuple[str, str, list[Option]]]


Row = tuple[Any, ...]


def of(asked: Asked, at: datetime) -> Facets:
    """Return the filters of what is asked, with their counts."""
    names = ("state", "agency", "by", "month", "shape")
    whole = _sample(asked, at)
    samples = {name: whole if not getattr(asked, name) else _sample(asked.without(name), at) for name in names}
    count = len(whole)
    return Facets(
        count=min(count, MOST),
        more=count > MOST,
        states=_states(asked, samples["state"], at),
        selects=[
            ("agency", "Agency", _agencies(asked, samples["agency"])),
            ("by", "Taken in by", _people(asked, samples["by"])),
            ("month", "Month", _months(asked, samples["month"])),
            ("shape", "Shape", _shapes(asked, samples["shape"])),
        ],
    )


def _sample(asked: Asked, at: datetime) -> list[Row]:
    rows = library.found(asked, at)
    return list(rows.values_list("standing", "usable_until", "agency", "added_by", "added_at", "shape")[: MOST + 1])


def _states(asked: Asked, rows: list[Row], at: datetime) -> list[Option]:
    counts = Counter(row[0] for row in rows[:MOST])
    soon = at + library.SOON
    counts["soon"] = sum(1 for row in rows[:MOST] if row[0] == Standing.USABLE and row[1] and at < row[1] < soon)
    everything = Option("", "All", min(len(rows), MOST), not asked.state)
    return [
        everything,
        *(Option(key, label, counts[key], asked.state == key) for key, label in library.STATES.items()),
    ]


def _agencies(asked: Asked, rows: list[Row]) -> list[Option]:
    counts = Counter(row[2] for row in rows[:MOST])
    agencies = Agency.objects.order_by("name").values_list("pk", "name")[:300]
    return [Option(str(pk), name, counts.get(pk), asked.agency == pk) for pk, name in agencies]


def _people(asked: Asked, rows: list[Row]) -> list[Option]:
    counts = Counter(row[3] for row in rows[:MOST] if row[3] is not None)
    wanted = {*counts, asked.by} - {None}
    people = Person.objects.filter(pk__in=wanted).order_by("name")
    return [Option(str(one.pk), one.name, counts.get(one.pk), asked.by == one.pk) for one in people]


def _months(asked: Asked, rows: list[Row]) -> list[Option]:
    counts = Counter(f"{timezone.localtime(row[4]):%Y-%m}" for row in rows[:MOST])
    first = Asset.objects.aggregate(first=Min("added_at"))["first"]
    months = _since(timezone.localtime(first).date(), timezone.localdate()) if first else []
    return [
        Option(month, f"{_MONTHS[int(month[5:]) - 1]} {month[:4]}", counts.get(month), asked.month == month)
        for month in dict.fromkeys([*months, *([asked.month] if asked.month else [])])
    ]


def _since(first: date, last: date) -> list[str]:
    """The months from the last back to the first, at most twenty years."""
    months: list[str] = []
    year, month = last.year, last.month
    while (year, month) >= (first.year, first.month) and len(months) < 240:
        months.append(f"{year}-{month:02d}")
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)
    return months


def _shapes(asked: Asked, rows: list[Row]) -> list[Option]:
    counts = Counter(row[5] for row in rows[:MOST])
    return [Option(shape.value, shape.label, counts.get(shape.value), asked.shape == shape) for shape in Shape]

"""Where pictures are used. The apps that use them say so: this app knows none of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Used:
    """One place: ``title`` and ``url`` of its page at the desk, ``standing`` in words ("Published", "Draft")."""

    title: str
    url: str
    standing: str
    at: datetime | None = None


Finder = Callable[[set[int]], Mapping[int, Iterable[Used]]]

_finders: list[Finder] = []


def register(finder: Finder) -> None:
    """Add a finder, from ``ready()``: it gets asset ids and answers in a fixed number of queries, however many."""
    if finder not in _finders:
        _finders.append(finder)


def of(asset_ids: Iterable[int]) -> dict[int, list[Used]]:
    """Return asset id -> places, the newest first."""
    wanted = set(asset_ids)
    places: dict[int, list[Used]] = {asset_id: [] for asset_id in wanted}
    for finder in _finders:
        for asset_id, found in finder(wanted).items():
            places[asset_id] += found
    for found in places.values():
        found.sort(key=lambda used: used.at.timestamp() if used.at else 0.0, reverse=True)
    return places

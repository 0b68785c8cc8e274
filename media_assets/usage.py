"""Where pictures are used. The apps that use them say so: this app knows none of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from newsroom.accounts.models import Person


@dataclass(frozen=True)
class Used:
    """One place: ``title`` and ``url`` of a page that the person may open, ``standing`` in words ("Published", "Draft")
    with the ``state`` that draws its chip, and the ``place`` on that page ("lead picture")."""

    title: str
    url: str
    standing: str
    at: datetime | None = None
    state: str = ""
    place: str = ""


@dataclass(frozen=True)
class Shown:
    """One time in which readers saw a picture on one page. ended: None where they see it still."""

    title: str
    url: str
    began: datetime
    ended: datetime | None


History = Callable[[Person, set[int], datetime], Mapping[int, Iterable[Shown]]]
Finder = Callable[[Person, set[int], datetime], Mapping[int, Iterable[Used]]]

_finders: list[Finder] = []
_histories: list[History] = []


def register_history(history: History) -> None:
    """Add one that knows when readers saw pictures, from ``ready()``; asked and answering as a finder."""
    if history not in _histories:
        _histories.append(history)


def shown(asset_id: int, *, person: Person, at: datetime) -> list[Shown]:
    """Return when readers saw a picture where, the newest first."""
    found = [one for history in _histories for one in history(person, {asset_id}, at).get(asset_id, ())]
    return sorted(found, key=lambda one: one.began, reverse=True)


def register(finder: Finder) -> None:
    """Add a finder, from ``ready()``: it gets the person who asks, asset ids and the time, and answers only what that
    person may open, in a fixed number of queries, however many."""
    if finder not in _finders:
        _finders.append(finder)


def of(asset_ids: Iterable[int], *, person: Person, at: datetime) -> dict[int, list[Used]]:
    """Return asset id -> the places that ``person`` may open, the newest first."""
    wanted = set(asset_ids)
    places: dict[int, list[Used]] = {asset_id: [] for asset_id in wanted}
    for finder in _finders:
        for asset_id, found in finder(person, wanted, at).items():
            places[asset_id] += found
    for found in places.values():
        found.sort(key=lambda used: used.at.timestamp() if used.at else 0.0, reverse=True)
    return places


@dataclass(frozen=True)
class Concern:
    """One story that has the picture, before readers or in the making: its title, its path at the desk, and those behind
    it who may read it there."""

    title: str
    url: str
    people: tuple[Person, ...]


ConcernFinder = Callable[[set[int], datetime], Mapping[int, Iterable[Concern]]]

_concern_finders: list[ConcernFinder] = []


def register_concerns(finder: ConcernFinder) -> None:
    """Add a finder of who must know when a picture goes, from ``ready()``; a fixed number of queries, however many."""
    if finder not in _concern_finders:
        _concern_finders.append(finder)


def concerns(asset_ids: Iterable[int], at: datetime) -> dict[int, list[Concern]]:
    """Return asset id -> the stories that its end concerns."""
    wanted = set(asset_ids)
    found: dict[int, list[Concern]] = {asset_id: [] for asset_id in wanted}
    for finder in _concern_finders if wanted else ():
        for asset_id, concerned in finder(wanted, at).items():
            found[asset_id] += concerned
    return found

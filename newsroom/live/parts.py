"""A page as its parts, and what became of them between two states."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from typing import Any


@dataclass(frozen=True, slots=True)
class Part:
    """One element of the page.

    place: the element that holds it, by its ``data-parts``. key: its ``data-key``, unlike every other in the same place.
    html: exactly one element, which carries that key.
    """

    place: str
    key: str
    html: str


@dataclass(frozen=True, slots=True)
class State:
    """What readers see of a page now.

    title: of the window. tags: what the parts stand on. until: when they next change by themselves (aware), or None. never: when what they show may not be shown any
    more, as ``pagecache.keep`` has it.
    """

    parts: tuple[Part, ...]
    title: str = ""
    tags: frozenset[str] = field(default_factory=frozenset)
    until: datetime | None = None
    never: datetime | None = None


# [place, key, digest] of each part, as it is stored.
Told = Sequence[Sequence[str]]


def digest(parts: Iterable[Part]) -> str:
    """The state's name: equal for equal parts, whoever drew them and when."""
    made = blake2b(digest_size=12)
    for part in parts:
        made.update(f"{part.place}\0{part.key}\0{part.html}\0".encode())
    return made.hexdigest()


def told(parts: Iterable[Part]) -> list[list[str]]:
    """What is stored of a state, to compare the next one with."""
    return [[part.place, part.key, blake2b(part.html.encode(), digest_size=9).hexdigest()] for part in parts]


@dataclass(frozen=True, slots=True)
class Changes:
    """From one state to the next, for a page that applies them in this order.

    gone: [place, key] of each part that is taken out. put: [place, key, key in front, html] of each that comes, changes or
    moves: it stands behind the part with the key in front ("": first in its place), and replaces the one of its own key.
    """

    gone: list[list[str]]
    put: list[list[str]]

    def __bool__(self) -> bool:
        return bool(self.gone or self.put)

    def as_json(self) -> dict[str, Any]:
        return {"gone": self.gone, "put": self.put}


def changes(before: Told, after: Sequence[Part]) -> Changes:
    """What makes the state ``after`` of one that was told as ``before``."""
    now = told(after)
    stay = {(place, key) for place, key, _ in now}
    old = {(place, key): mark for place, key, mark in before}
    gone = [[place, key] for place, key, _ in before if (place, key) not in stay]
    standing: dict[str, list[str]] = {}
    for place, key, _ in before:
        if (place, key) in stay:
            standing.setdefault(place, []).append(key)
    put = []
    behind: dict[str, int] = {}  # how many of a place stand as they should
    for part, (place, key, mark) in zip(after, now, strict=True):
        row, at = standing.setdefault(place, []), behind.get(place, 0)
        in_front = row[at - 1] if at else ""
        stands = at < len(row) and row[at] == key
        if not stands or old.get((place, key)) != mark:
            put.append([place, key, in_front, part.html])
        if not stands:
            if key in row:
                row.remove(key)  # from further behind: in front everything is settled
            row.insert(at, key)
        behind[place] = at + 1
    return Changes(gone, put)

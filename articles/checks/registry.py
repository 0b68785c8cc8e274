"""The registry of checks: each is one function under one sentence that says what it asks.

    @check("Headline", "There is one, and it is not cut off.", level=STOP)
    def headline(matter: Matter) -> Iterator[Check]:
        yield stop("The story has no headline.", "headline")

What is registered here is drawn on the help page, shown beside the text, before every move, and asked by the moves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from articles import ledger
from articles.ledger import Judged
from articles.models import CheckWaiver, Revision, Story
from newsroom import blocks

STOP, WARN, BOTH, WAIVED = "stop", "warn", "both", "waived"
DECIDING_MOVES = ("approve", "publish", "emergency-publish", "schedule", "live-post", "reinstate", "mend")
PLACES = frozenset(
    {
        "headline",
        "kicker",
        "standfirst",
        "lead_image",
        "search_title",
        "search_description",
        "social_title",
        "social_description",
        "slug",
        "topics",
        "moves",
    }
)
"""Where a finding can lead beside the text and its blocks; static/js/writing-rail.js goes to each."""


@dataclass(frozen=True)
class Check:
    """What a check found.

    level: "stop", "warn" or, of what an editor let through, "waived". where: one of PLACES, "body", an element of the
    body ("body:3" is its fourth) or a block ("image:12"). stops: the moves that a stop holds back; None: those of its
    row. waived_by: "editor", "legal" or "" for nobody; None: as its row says. about: what a waiver would cover, for a
    finding that can be waived here. name: its row's. page: of the desk, where it is put right when that is not the text.
    sourcing: it speaks of the ledger, which not everybody reads who reads stories.
    """

    level: str
    message: str
    where: str
    stops: tuple[str, ...] | None = None
    waived_by: str | None = None
    about: str = ""
    name: str = ""
    waiver: CheckWaiver | None = None
    page: str = ""
    sourcing: bool = False

    def holds_back(self, move: str) -> bool:
        return self.level == STOP and move in (DECIDING_MOVES if self.stops is None else self.stops)

    @property
    def waivable(self) -> bool:
        """Whether it is waived where it is read; a quotation is in the Sources tab."""
        return bool(self.about) and self.level in (STOP, WARN) and self.waived_by == "editor"


@dataclass(frozen=True)
class Matter:
    """What checks look at, loaded once: one query per kind of block, three for the ledger."""

    revision: Revision
    story: Story
    at: datetime
    placements: Mapping[str, Mapping[int, Any]] = field(default_factory=dict)
    quotations: tuple[Judged, ...] = ()


CheckFunction = Callable[[Matter], Iterable[Check]]


@dataclass(frozen=True)
class Row:
    """A check as the registry has it.

    label, asks: for people. level: "stop", "warn" or "both". stops: the moves that its stops hold back. waived_by: as of
    ``Check``. sourcing: it speaks of the ledger, which not everybody reads who reads stories. finds: None for what is
    only asked of a person, in a move.
    """

    name: str
    label: str
    asks: str
    level: str
    stops: tuple[str, ...] = DECIDING_MOVES
    waived_by: str = ""
    sourcing: bool = False
    finds: CheckFunction | None = None


class Twice(Exception):
    """Two checks of one name: waivers and help would not know which is meant."""


_rows: dict[str, Row] = {}


def add(row: Row) -> None:
    """Put a row into the registry. Raises Twice."""
    if row.name in _rows:
        raise Twice(f"There is a check {row.name} already.")
    _rows[row.name] = row


def check(
    label: str,
    asks: str,
    *,
    level: str,
    stops: tuple[str, ...] = DECIDING_MOVES,
    waived_by: str = "",
    sourcing: bool = False,
) -> Callable[[CheckFunction], CheckFunction]:
    """Add a check to every run, named as its function. Raises Twice."""

    def decorate(function: CheckFunction) -> CheckFunction:
        add(Row(function.__name__, label, asks, level, stops, waived_by, sourcing, function))
        return function

    return decorate


def rows() -> list[Row]:
    """The whole registry: the checks of the text, then those that each kind of block brings."""
    brought = [
        Row(block.kind, block.label, block.asked, BOTH if block.asked_stops else WARN)
        for block in blocks.registered().values()
        if block.asked
    ]
    return [*_rows.values(), *sorted(brought, key=lambda row: row.label)]


def row(name: str) -> Row | None:
    return _rows.get(name)


def stop(message: str, where: str, **facts: Any) -> Check:
    return Check(STOP, message, where, **facts)


def warn(message: str, where: str, **facts: Any) -> Check:
    return Check(WARN, message, where, **facts)


def run(revision: Revision, *, story: Story, at: datetime) -> list[Check]:
    """All that the checks say of a revision at ``at`` (rights and prices depend on it), stops first."""
    return found_in(look_at(revision, story=story, at=at))


def look_at(revision: Revision, *, story: Story, at: datetime) -> Matter:
    """What the checks look at, loaded."""
    placements = blocks.load(ledger.blocks_of(revision))
    judged = ledger.judge(ledger.marks_of(revision, placements), story_id=story.pk)
    return Matter(revision, story, at, placements, tuple(judged))


def found_in(matter: Matter) -> list[Check]:
    """What the checks say of it: stops, then warnings, then what was waived."""
    found = [
        replace(
            one,
            name=asked.name,
            sourcing=asked.sourcing or one.sourcing,
            stops=asked.stops if one.stops is None else one.stops,
            waived_by=asked.waived_by if one.waived_by is None else one.waived_by,
        )
        for asked in _rows.values()
        if asked.finds is not None
        for one in asked.finds(matter)
    ]
    return sorted(_less_waived(found, matter.story.pk), key=lambda one: (STOP, WARN, WAIVED).index(one.level))


def _less_waived(found: list[Check], story_id: int) -> list[Check]:
    """The findings, those that an editor let through marked so. A query only where one could have been."""
    if not any(one.waivable for one in found):
        return found
    given = CheckWaiver.objects.filter(story=story_id).select_related("person")
    waivers = {(waiver.check_name, waiver.about): waiver for waiver in given}
    return [
        replace(one, level=WAIVED, waiver=waivers[one.name, one.about])
        if one.waivable and (one.name, one.about) in waivers
        else one
        for one in found
    ]


def for_reader(found: Iterable[Check], *, sources: bool) -> list[Check]:
    """Those of the findings that somebody may read who may or may not read the ledger."""
    return [one for one in found if sources or not one.sourcing]


def held_back(found: Iterable[Check], move: str) -> list[Check]:
    """Those of the findings that stop a move."""
    return [one for one in found if one.holds_back(move)]

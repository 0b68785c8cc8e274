"""What a text must stand up to before it is approved and published. One registry: a check is one function.

@check
def has_a_headline(matter): yield stop("...", where="headline")
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from articles import ledger, particulars
from articles.ledger import Judged, Standing
from articles.models import Revision, Story
from newsroom import blocks

LONG_HEADLINE = 110  # Google shows about so much of NewsArticle.headline
LONG_SEARCH_TITLE = 60
LONG_SEARCH_DESCRIPTION = 160
DECIDING_MOVES = ("approve", "publish", "emergency-publish", "schedule", "live-post", "reinstate")


@dataclass(frozen=True)
class Check:
    """What a check found.

    level: "stop" or "warn". where: the field or block to go to: "headline", "lead_image", "image:12", "body:3" (its
    fourth element). stops: the moves that a stop holds back. waived_by: who may waive it, "" for nobody.
    """

    level: str
    message: str
    where: str = ""
    stops: tuple[str, ...] = DECIDING_MOVES
    waived_by: str = ""

    def holds_back(self, move: str) -> bool:
        return self.level == "stop" and move in self.stops


@dataclass(frozen=True)
class Matter:
    """What checks look at, loaded once: one query per kind of block, three for the ledger."""

    revision: Revision
    story: Story
    at: datetime
    placements: Mapping[str, Mapping[int, Any]] = field(default_factory=dict)
    quotations: tuple[Judged, ...] = ()


CheckFunction = Callable[[Matter], Iterable[Check]]
_checks: list[CheckFunction] = []


def check(function: CheckFunction) -> CheckFunction:
    """Add a check to every run."""
    _checks.append(function)
    return function


def stop(message: str, where: str = "", **facts: Any) -> Check:
    return Check("stop", message, where, **facts)


def warn(message: str, where: str = "") -> Check:
    return Check("warn", message, where)


def run(revision: Revision, *, story: Story, at: datetime) -> list[Check]:
    """All that the checks say of a revision at ``at`` (rights and prices depend on it), stops first."""
    return found_in(look_at(revision, story=story, at=at))


def look_at(revision: Revision, *, story: Story, at: datetime) -> Matter:
    """What the checks look at, loaded."""
    placements = blocks.load(ledger.blocks_of(revision))
    judged = ledger.judge(ledger.marks_of(revision, placements), story_id=story.pk)
    return Matter(revision, story, at, placements, tuple(judged))


def found_in(matter: Matter) -> list[Check]:
    """What the checks say of it, stops first."""
    found = [finding for function in _checks for finding in function(matter)]
    return sorted(found, key=lambda finding: finding.level != "stop")


@check
def headline(matter: Matter) -> Iterator[Check]:
    words = matter.revision.headline
    if not words:
        yield stop("The story has no headline.", "headline")
    elif len(words) > LONG_HEADLINE:
        yield warn(f"The headline has {len(words)} characters; beyond {LONG_HEADLINE} it is cut off.", "headline")


@check
def text(matter: Matter) -> Iterator[Check]:
    if not matter.revision.body.strip():
        yield stop("The story has no text.", "body")
    if not matter.revision.standfirst:
        yield warn("There is no standfirst.", "standfirst")


@check
def address(matter: Matter) -> Iterator[Check]:
    if matter.story.slug.startswith(particulars.UNNAMED):
        yield stop("The address still says “untitled”.", "slug")


@check
def search_fields(matter: Matter) -> Iterator[Check]:
    title, description = matter.revision.search_title, matter.revision.search_description
    if len(title) > LONG_SEARCH_TITLE:
        yield warn(f"Search engines cut a title after about {LONG_SEARCH_TITLE} characters.", "search_title")
    if len(description) > LONG_SEARCH_DESCRIPTION:
        yield warn(
            f"Search engines cut a description after about {LONG_SEARCH_DESCRIPTION} characters.", "search_description"
        )


@check
def lead_image(matter: Matter) -> Iterator[Check]:
    pk = matter.revision.lead_image_id
    if pk is None:
        yield warn("There is no lead image.", "lead_image")
        return
    block = blocks.get("image")
    placement = matter.placements.get("image", {}).get(pk)
    if block is None or placement is None:
        yield stop("The lead image no longer exists.", "lead_image")
        return
    yield from (_of_block(problem, "lead_image") for problem in block.checks(placement, matter.at))


@check
def every_block(matter: Matter) -> Iterator[Check]:
    for reference in dict.fromkeys(blocks.references(matter.revision.body)):
        block = blocks.get(reference.kind)
        placement = matter.placements.get(reference.kind, {}).get(reference.id)
        where = f"{reference.kind}:{reference.id}"
        if block is None:
            yield stop(f"A block of the unknown kind “{reference.kind}” stands in the text.", where)
        elif placement is None:
            yield stop(f"{block.label} {reference.id} no longer exists.", where)
        else:
            yield from (_of_block(problem, where) for problem in block.checks(placement, matter.at))


def _of_block(problem: blocks.Problem, where: str) -> Check:
    return Check("stop" if problem.stop else "warn", problem.message, where)


_SAYS = {
    Standing.UNTIED: "{words} is not tied to a source.",
    Standing.CHANGED: "{words} is not what the ledger has: “{said}”.",
    Standing.RETRACTED: "{words} was retracted by its source.",
    Standing.UNKNOWN: "{words} is tied to an entry that the ledger does not have.",
}


@check
def quotations(matter: Matter) -> Iterator[Check]:
    """Promise 11. Takes no account of who asks: an editor too ties or waives first."""
    for item in matter.quotations:
        mark = item.mark
        if not item.standing.stops or mark.block.startswith("quote:"):  # a quotation set apart is its block's to check
            continue
        where = f"body:{mark.paragraph}" if mark.place == "body" else mark.block or mark.place
        said = _short(item.quotation.words) if item.quotation else ""
        words = f"“{_short(mark.words)}”" + (f", in the {mark.place}," if mark.block else "")
        finding = stop(_SAYS[item.standing].format(words=words, said=said), where)
        yield replace(finding, waived_by="editor") if item.standing is Standing.UNTIED else finding


def _short(words: str) -> str:
    return words if len(words) <= 120 else words[:119].rstrip() + "…"

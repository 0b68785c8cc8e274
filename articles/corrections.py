"""What a correction keeps: the words before and after, where they stood and since when; and where its note stands.

Source of the rule on prominence: IPSO Editors' Code, clause 1 (due prominence: how serious, where the error stood, how
long it was live).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from articles import merge, together
from articles.models import CorrectedPlace, Correction, MoveLog, Revision, Story, Update
from articles.move import On
from articles.moves import MOVES
from newsroom import blocks
from newsroom.blocks.tree import Node, parse

KINDS = (Update.Kind.CORRECTION, Update.Kind.CLARIFICATION)
LONG = timedelta(hours=6)
"""Most of a story's readers come in its first hours: what stood so long was read."""
_FIELDS = {
    "headline": "Headline",
    "kicker": "Kicker",
    "standfirst": "Standfirst",
    "lead_image": "Lead picture",
    "search_title": "Search title",
    "search_description": "Search description",
    "social_title": "Social title",
    "social_description": "Social description",
}
_SHOWING = tuple(move.name for move in MOVES if move.shows and move.on is On.DRAFT)
Prominence = Correction.Prominence


@dataclass(frozen=True)
class Place:
    """One place that was put right. place: a field's name or a paragraph's key. number: of the paragraph, from 1; 0: a
    field. html: how the words before stood in the body. since: when readers first saw them; None: nothing stood there."""

    place: str
    number: int
    before: str
    after: str
    html: str = ""
    since: datetime | None = None


@dataclass(frozen=True)
class Suggestion:
    """Where the note of a correction should stand. why: to follow "because"."""

    prominence: str
    why: str
    places: Sequence[Place] = field(default=())


def look_at(story: Story, before: Revision, after: Revision, *, at: datetime) -> Suggestion:
    """What changed for readers from one published state to the next, and the prominence that this calls for.

    Queries: the story's earlier publications, as far back as the words now put right stood.
    """
    places = _with_since(story, _changed(before, after), at)
    if any(one.place == "headline" and one.before for one in places):
        return Suggestion(Prominence.TOP, "the headline was wrong", places)
    longest = max((at - one.since for one in places if one.since), default=timedelta())
    if longest > LONG:
        return Suggestion(Prominence.TOP, f"the words stood for {lasted(longest)}", places)
    return Suggestion(Prominence.FOOT, "it is not in the headline and did not stand long", places)


def keep(update: Update, before: Revision, *, prominence: str = "") -> Correction:
    """Write the record of a correction or clarification, in the transaction that publishes it.

    before: what readers saw until then. prominence: of Correction.Prominence; "" takes what is suggested.
    """
    found = look_at(update.story, before, update.revision, at=update.at)
    made = Correction.objects.create(
        update=update, prominence=prominence or found.prominence, suggested=found.prominence
    )
    CorrectedPlace.objects.bulk_create(
        CorrectedPlace(
            correction=made,
            place=one.place,
            position=one.number,
            before=one.before,
            after=one.after,
            since=one.since,
            until=update.at,
        )
        for one in found.places
    )
    return made


def said(revision: Revision) -> dict[str, str]:
    """What a saved state says, place by place, in the words that a record keeps: the fields, then the paragraphs."""
    text = together.text_of(revision)
    fields = {name: _field(text, name) for name in _FIELDS}
    return fields | {key: _words(html) for key, html in text.paragraphs.items()}


def named(place: str, number: int) -> str:
    """A place for people: "Headline", "Paragraph 3"; 0: of a paragraph whose number nobody knows."""
    return _FIELDS.get(place) or (f"Paragraph {number}" if number else "A paragraph")


def lasted(span: timedelta) -> str:
    """In one number and a unit: "less than a minute", "40 minutes", "3 hours", "12 days"."""
    minutes = int(span.total_seconds() // 60)
    if minutes < 1:
        return "less than a minute"
    for size, unit in ((1440, "day"), (60, "hour"), (1, "minute")):
        if minutes >= size:
            count = minutes // size
            return f"{count} {unit}{'s' if count > 1 else ''}"
    raise AssertionError("unreachable")


def stood(places: Iterable[tuple[str, datetime, datetime]]) -> str:
    """Where the words put right stood and how long, for readers: "It stood in the headline and 2 paragraphs of the text for 3 hours."; "" where
    nothing stood before. places: name or key, since, until."""
    found = list(places)
    if not found:
        return ""
    fields = [f"the {_FIELDS[place].lower()}" for place, _, _ in found if place in _FIELDS]
    count = len(found) - len(fields)
    text = ["the text"] if count == 1 else [f"{count} paragraphs of the text"] if count else []
    where = [*fields, *text]
    said = " and ".join(filter(None, [", ".join(where[:-1]), where[-1]]))
    return f"It stood in {said} for {lasted(max(until - since for _, since, until in found))}."


def _changed(before: Revision, after: Revision) -> list[Place]:
    """Every place whose words differ, the fields first, then in the order of the text."""
    was, now = together.text_of(before), together.text_of(after)
    found = [
        Place(name, 0, _field(was, name), _field(now, name))
        for name in _FIELDS
        if was.fields.get(name, "") != now.fields.get(name, "")
    ]
    numbers = {key: number for number, key in enumerate(was.paragraphs, start=1)}
    numbers |= {key: number for number, key in enumerate(now.paragraphs, start=1) if key not in numbers}
    for key in sorted(numbers, key=lambda key: numbers[key]):
        html = was.paragraphs.get(key, "")
        old, new = _words(html), _words(now.paragraphs.get(key, ""))
        if old != new:
            found.append(Place(key, numbers[key], old, new, html))
    return found


def _field(text: merge.Text, name: str) -> str:
    said = text.fields.get(name, "")
    return f"Picture {said}" if said and name == "lead_image" else said


def _words(html: str) -> str:
    """What a paragraph says; a block by its name and number."""
    said = []
    for item in parse(html).children:
        if isinstance(item, Node) and item.is_block:
            kind = blocks.get(item.attributes["data-block"])
            said.append(f"{kind.label if kind else item.attributes['data-block']} {item.attributes['data-id']}")
        else:
            said.append(" ".join((item.text() if isinstance(item, Node) else item).split()))
    return " ".join(filter(None, said))


def _with_since(story: Story, places: list[Place], at: datetime) -> list[Place]:
    """The places with the moment from which readers saw the words before without a break."""
    shown = MoveLog.objects.filter(story=story, move__in=_SHOWING, at__lte=at).select_related("revision")
    since: dict[str, datetime] = {}
    standing = {one.place: one for one in places if one.before}
    for log in shown.order_by("-at", "-pk").iterator(chunk_size=20):
        assert log.revision is not None
        standing = {name: one for name, one in standing.items() if _says(log.revision, one)}
        if not standing:
            break
        since |= dict.fromkeys(standing, log.at)
    first = min(story.first_published_at or at, at)
    return [
        Place(
            one.place, one.number, one.before, one.after, one.html, since.get(one.place, first) if one.before else None
        )
        for one in places
    ]


def _says(revision: Revision, one: Place) -> bool:
    if not one.number:
        lead = one.place == "lead_image"
        said = f"Picture {revision.lead_image_id}" if lead else getattr(revision, one.place)
        return bool(said == one.before)
    # The element as it stands is looked for first: reading a whole body costs a hundred times as much.
    if one.html in revision.body:
        return True
    return one.before == _words(together.text_of(revision).paragraphs.get(one.place, ""))

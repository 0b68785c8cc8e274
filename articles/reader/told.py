"""What readers were told of a story since it was published: the notes on its page, and the page of corrections."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject

from articles import corrections
from articles.models import CorrectedPlace, Correction, Section, Update
from articles.reader import cards
from articles.reader.cards import SectionLink
from articles.times import When, when, zone_of
from newsroom.publication.models import Publication

PAGE = 20
LAST_PAGE = 500  # as of a section: deeper, PostgreSQL would read and drop 10,000 rows for one page


@dataclass(frozen=True)
class Note:
    """One public note on the story: its kind in words, the line, when. stood: of a correction, where the words put right
    stood and how long. top: it stands above the text."""

    kind: str
    name: str
    line: str
    when: When
    stood: str = ""
    top: bool = True


def note_of() -> JSONObject:
    """What a note needs of an Update row, as one JSON value. The wrong words themselves are not told again."""
    stood = CorrectedPlace.objects.filter(correction__update=OuterRef("pk")).exclude(before="").order_by("pk")
    return JSONObject(
        kind="kind",
        line="line",
        at="at",
        prominence="record__prominence",
        stood=ArraySubquery(stood.values(json=JSONObject(place="place", since="since", until="until"))),
    )


def note(row: Mapping[str, Any], zone: tzinfo) -> Note:
    """A note out of what ``note_of`` fetched. One without a record stands above the text."""
    return Note(
        kind=row["kind"],
        name=Update.Kind(row["kind"]).label,
        line=row["line"],
        when=when(cards.moment(row["at"]), zone),
        stood=corrections.stood(
            (one["place"], cards.moment(one["since"]), cards.moment(one["until"])) for one in row["stood"]
        ),
        top=row["prominence"] != Correction.Prominence.FOOT,
    )


@dataclass(frozen=True)
class Entry:
    """One correction or clarification on the page of corrections, and the story as it is headed now."""

    note: Note
    headline: str
    path: str
    section: str


@dataclass(frozen=True)
class CorrectionsPage:
    sections: list[SectionLink]
    page: int
    entries: list[Entry]
    more: bool
    tags: frozenset[str]


def page(number: int, publication: Publication, at: datetime) -> CorrectionsPage | None:
    """Page ``number`` (from 1) of all corrections and clarifications of the stories that readers may see at ``at``, the
    newest first; None when there is no such page. Two queries; nothing is counted."""
    if not 1 <= number <= LAST_PAGE:
        return None
    start = (number - 1) * PAGE
    rows = (
        Update.objects.filter(kind__in=corrections.KINDS, story__in=cards.newest(at).order_by().values("pk"))
        .order_by("-at", "-pk")
        .values_list(
            note_of(),
            "story_id",
            "story__published_revision__headline",
            "story__section__slug",
            "story__slug",
            "story__section__name",
        )[start : start + PAGE + 1]
    )
    found = list(rows)
    if not found and number > 1:
        return None
    zone = zone_of(publication)
    shown = found[:PAGE]
    return CorrectionsPage(
        sections=[
            SectionLink(*row) for row in Section.objects.order_by("position", "name").values_list("pk", "name", "slug")
        ],
        page=number,
        entries=[
            Entry(note(told, zone), headline, f"/{section}/{slug}/", name)
            for told, _, headline, section, slug, name in shown
        ],
        more=len(found) > PAGE,
        tags=frozenset({"corrections", "publication", *(f"story:{row[1]}" for row in shown)}),
    )

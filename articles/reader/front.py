"""The front page and the pages of sections, topics and authors: four queries each at most, however many stories there
are. Editors' pins stand first (``pinning``); the rest fills itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q

from articles import pinning
from articles.models import Section
from articles.reader import cards, places, rhythm, social
from articles.reader.cards import Card, SectionLink
from articles.reader.places import Place
from articles.reader.rhythm import Row
from articles.times import When, when, zone_of
from newsroom.publication.models import Publication

BESIDE = 4
PER_SECTION = 6 + 1 + BESIDE  # a full row, even when the lead and all beside it are of that section
assert pinning.PLACES == 1 + BESIDE
LIVE = 3
PAGE = 20
LAST_PAGE = 500  # deeper, PostgreSQL would read and drop 10,000 rows for one page; sitemaps lead there


@dataclass(frozen=True)
class HomePage:
    sections: list[SectionLink]
    lead: Card | None
    beside: list[Card]
    live: list[Card]
    rows: list[Row]
    credits: list[str]
    newest: When | None
    social_image: social.SocialImage | None
    tags: frozenset[str]
    until: datetime | None
    never: datetime | None


@dataclass(frozen=True)
class ListPage:
    """A section's, a topic's or an author's page."""

    place: Place
    sections: list[SectionLink]
    section: SectionLink | None
    page: int
    lead: Card | None
    beside: list[Card]
    river: list[Card]
    more: bool
    credits: list[str]
    social_image: social.SocialImage | None
    tags: frozenset[str]
    until: datetime | None
    never: datetime | None


def _pinned(
    tag: str, wanted: Sequence[pinning.Wanted] | None, publication: Publication, at: datetime
) -> tuple[list[Card], list[datetime | None]]:
    """The cards that editors put first, and when each leaves its place by itself. One query.

    wanted: stories in an order that is being tried out, instead of the one that stands.
    """
    if wanted is None:
        rows = list(pinning.pinned(tag, at).values_list(cards.card_of(), "pins__until"))
        return [cards.build(row, publication, at) for row, _ in rows], [until for _, until in rows]
    places = {one.story_id: place for place, one in enumerate(wanted)}
    found = pinning.tried(tag, list(places), at).values_list(cards.card_of(), flat=True)
    return sorted((cards.build(row, publication, at) for row in found), key=lambda card: places[card.id]), []


def home(publication: Publication, at: datetime, wanted: Sequence[pinning.Wanted] | None = None) -> HomePage:
    """The front page at ``at``. Queries: sections with their newest stories, live stories, pins, pictures.

    wanted: what is tried out at the desk instead of the pins that stand.
    """
    latest = cards.newest(at).filter(section=OuterRef("pk")).values(json=cards.card_of())[:PER_SECTION]
    found = [
        (
            SectionLink(section.pk, section.name, section.slug),
            [cards.build(row, publication, at) for row in section._latest],
        )
        for section in Section.objects.order_by("position", "name").annotate(_latest=ArraySubquery(latest))
    ]
    running = (
        cards.newest(at)
        .filter(Q(live_until=None) | Q(live_until__gt=at), live=True)
        .order_by("-visible_updated_at", "-id")
    )
    live = [cards.build(row, publication, at) for row in running.values_list(cards.card_of(), flat=True)[:LIVE]]
    pins, ends = _pinned(pinning.HOME, wanted, publication, at)
    newest = {card.id: card for _, some in found for card in some}
    everything = newest | {card.id: card for card in pins}
    # The newest of all are among the newest of their sections, so no query of their own finds them.
    order = sorted(newest.values(), key=lambda card: (card.first, card.id), reverse=True)
    loaded = cards.pictures(everything.values(), at)
    hung = {number: cards.hang(card, loaded, at) for number, card in everything.items()}
    lead, beside = rhythm.front([hung[card.id] for card in order], BESIDE, [hung[card.id] for card in pins])
    shown = {card.id for card in (lead, *beside) if card}
    made = rhythm.rows([(section, [hung[card.id] for card in some]) for section, some in found], shown)
    times = [card.when.moment for card in everything.values()]
    on_page = [card for card in (lead, *beside, *live, *(card for row in made for card in row.cards)) if card]
    return HomePage(
        sections=[section for section, _ in found],
        lead=lead,
        beside=beside,
        live=live,
        rows=made,
        credits=cards.credits(on_page),
        newest=when(max(times), zone_of(publication)) if times else None,
        social_image=social.first([lead, *beside], loaded, at),
        tags=frozenset(
            {"home", "publication"}.union(
                *(card.tags for card in on_page), (f"section:{section.id}" for section, _ in found)
            )
        ),
        # Of those below as well: a picture that appears or goes moves other stories up.
        until=cards.earliest([*(card.until for card in (*hung.values(), *live)), *ends]),
        never=cards.earliest(card.never for card in on_page),
    )


def listing(
    place: Place,
    number: int,
    publication: Publication,
    at: datetime,
    wanted: Sequence[pinning.Wanted] | None = None,
) -> ListPage | None:
    """Page ``number`` (from 1) of a place's stories at ``at``; None when there is no such page.

    wanted: as ``home``. Queries: stories, pictures, of a section's first page its pins. It never counts the stories: one more than a page says that there is more.
    """
    if not 1 <= number <= LAST_PAGE:
        return None
    start = (number - 1) * PAGE
    rows = places.stories(place, at).values_list(cards.card_of(), flat=True)[start : start + PAGE + 1]
    found = [cards.build(row, publication, at) for row in rows]
    if not found and number > 1:
        return None
    more, found = len(found) > PAGE, found[:PAGE]
    pins: list[Card] = []
    ends: list[datetime | None] = []
    if place.kind == "section" and number == 1:
        pins, ends = _pinned(place.tag, wanted, publication, at)
    held = {card.id for card in pins}
    found = pins + [card for card in found if card.id not in held]
    loaded = cards.pictures(found, at)
    found = [cards.hang(card, loaded, at) for card in found]
    lead, beside = rhythm.front(found, BESIDE, found[: len(pins)]) if number == 1 else (None, [])
    return ListPage(
        place=place,
        sections=place.menu,
        section=place.section,
        page=number,
        lead=lead,
        beside=beside,
        river=found[BESIDE + 1 :] if number == 1 else found,
        more=more,
        credits=cards.credits(found),
        social_image=social.first(found, loaded, at),
        tags=frozenset({"publication", place.tag}.union(*(card.tags for card in found))),
        until=cards.earliest([*(card.until for card in found), *ends]),
        never=cards.earliest(card.never for card in found),
    )

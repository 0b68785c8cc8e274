"""A story's page as the parts that an open page follows: head, picture, notes, each paragraph, log."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from articles.models import Story
from articles.reader import assembly, cards, gathering, posts
from articles.reader.assembly import StoryPage
from newsroom.blocks import Target
from newsroom.live import Part, State, digest
from newsroom.prepared import Prepared
from newsroom.publication.current import current
from newsroom.publication.models import Publication

# (place, key) in the order of that template. None: the paragraphs, by their own keys.
ORDER = (
    ("story", "head"),
    ("story", "strip"),
    ("story", "hero"),
    ("text", "corrections"),
    ("text", "updates"),
    ("text", None),
    ("foot", "notice"),
    ("foot", "log"),
    ("foot", "topics"),
)
PLACES = ("story", "text", "foot")


def parts(page: StoryPage) -> tuple[Part, ...]:
    """All of a page that changes while it is open, in the order in which it stands there."""
    between = f"<!-- {secrets.token_hex(8)} -->"  # nobody can have written it
    context = {"page": page, "between": mark_safe(between)}  # noqa: S308
    written = iter(render_to_string("reader/story/_parts.html", context, using="public").split(between))
    found: list[Part] = []
    for place, key in ORDER:
        pieces = page.pieces if key is None else [(key, next(written))]
        found += [Part(place, name, html.strip()) for name, html in pieces if html.strip()]
    return tuple(found)


def context(page: StoryPage) -> dict[str, Any]:
    """What templates/public/reader/story.html needs. ``state`` names what the page shows."""
    found = parts(page)
    return {
        "page": page,
        "parts": joined(found),
        "state": digest(found),
        "sections": page.sections,
        "section": page.section,
    }


def joined(parts: Iterable[Part]) -> dict[str, SafeString]:
    """The parts of each place in one piece, for the template that holds the places."""
    found: dict[str, list[str]] = {place: [] for place in PLACES}
    for part in parts:
        found[part.place].append(part.html)
    return {place: mark_safe("\n".join(pieces)) for place, pieces in found.items()}  # noqa: S308  written by templates


def _by_number(story_id: int, at: datetime) -> QuerySet[Story]:
    return gathering.rows(cards.newest(at)).filter(pk=story_id).annotate(**posts.beside())[:1]


_numbered = Prepared[Story](_by_number, story_id=-7_100_417, at=datetime(1, 2, 3, 4, 5, 6, tzinfo=UTC))


def alone(story_id: int, publication: Publication, at: datetime) -> StoryPage | None:
    """What a story's own words say at ``at``, without what stands around them; None when readers may not see it."""
    story = next(iter(_numbered(story_id=story_id, at=at)), None)
    if story is None:
        return None
    loaded = gathering.load([story])
    return assembly.say(story, publication, at, target=Target.WEB, loaded=loaded)


def state(story_id: int, at: datetime) -> State | None:
    """What readers see of a story at ``at``, for ``live.register``."""
    publication = current()
    page = alone(story_id, publication, at)
    if page is None:
        return None
    return State(parts(page), f"{page.search_title} | {publication.name}", page.tags, page.until, page.never)

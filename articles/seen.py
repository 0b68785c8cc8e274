"""The page exactly as readers saw it: every page that a reader is given is kept by its content, with the moment from
which it was given, and its pictures and style sheet beside it.

Nothing is drawn again later: rights, credits, prices and templates move on, the kept bytes do not. A page that nobody
has asked for since it changed is drawn once after each publication, so that the words at least are always there.
"""

from __future__ import annotations

import hashlib
import logging
import zlib
from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import DatabaseError, connection, transaction
from django.db.models import Case, Exists, F, OuterRef, Subquery, When

from articles.events import PAGE_SEEN
from articles.models import MoveLog, Sighting, Story
from newsroom import outbox

log = logging.getLogger(__name__)

LEAVES = ("withdraw", "withdraw-scheduled", "embargo")  # the moves after which a reader is given this page no more
MOST = 200

# The page where it is new, with the event that has its files gathered, and the sighting: one statement, because it is
# written while a reader waits.
_NOTE = """
WITH made AS (
    INSERT INTO articles_seenpage (digest, status, packed, files) VALUES (%s, %s, %s, '{}')
    ON CONFLICT (digest) DO NOTHING RETURNING id
), page AS (
    SELECT id FROM made UNION ALL SELECT id FROM articles_seenpage WHERE digest = %s
)
"""
_SIGHTED = "INSERT INTO articles_sighting (story_id, page_id, at) SELECT %s, id, %s FROM page"


@dataclass(frozen=True)
class Span:
    """A time during which one page was given. until: None while it still is. gone: it ended by leaving, not by another."""

    sighting: Sighting
    until: datetime | None
    gone: bool = False


def last() -> Subquery:
    """The digest of a story's newest page, to stand beside its row: an unchanged page costs no query of its own. None
    where the story has left since: the same page given again begins another time."""
    left = MoveLog.objects.filter(story=OuterRef("story"), move__in=LEAVES, at__gte=OuterRef("at"))
    newest = Sighting.objects.filter(story=OuterRef("pk")).order_by("-at", "-id").annotate(gone=Exists(left))
    return Subquery(newest.values(said=Case(When(gone=False, then=F("page__digest"))))[:1])


def note(story_id: int, html: bytes, *, at: datetime, known: str | None, status: int = 200) -> None:
    """Keep a page that is being given to a reader. known: the newest page's digest, of ``last``.

    Readers get their page even where it cannot be kept: that is logged.
    """
    digest = hashlib.sha256(html).hexdigest()
    if digest == known:
        return
    told, params = outbox.clauses(PAGE_SEEN, of="made", page_id="id")
    page = (digest, status, zlib.compress(html, 6), digest)
    try:
        # In a transaction of somebody else's a failure must not take that along.
        with transaction.atomic() if connection.in_atomic_block else nullcontext(), connection.cursor() as cursor:
            for _ in range(2):
                cursor.execute(f"{_NOTE}, {told} {_SIGHTED}", [*page, *params, story_id, at])
                # No row: another reader's process kept the same page just now, and this statement saw neither that
                # one nor its own. The next one sees it.
                if cursor.rowcount:
                    break
        outbox.ring()
    except DatabaseError:
        log.exception("The page of story %s was given to readers and could not be kept", story_id)


def at_minute(story: Story, minute: datetime) -> list[Span]:
    """What readers were given in the minute that begins at ``minute`` (aware), the latest first; none: nothing."""
    end = minute + timedelta(minutes=1)
    shown = Sighting.objects.filter(story=story, at__lt=end).select_related("page").defer("page__packed")
    within = list(shown.filter(at__gte=minute)[:MOST])
    before = shown.filter(at__lt=minute).first()
    spans = _spans(story, [*within, *([before] if before else [])])
    return [span for span in spans if span.until is None or span.until > minute]


def spans(story: Story) -> list[Span]:
    """All that readers were given, the newest MOST, the latest first."""
    return _spans(story, list(story.sightings.select_related("page").defer("page__packed")[:MOST]))


def _spans(story: Story, sightings: Sequence[Sighting]) -> list[Span]:
    """The sightings (the latest first) with their ends; two queries."""
    if not sightings:
        return []
    left = list(
        MoveLog.objects.filter(story=story, move__in=LEAVES, at__gte=sightings[-1].at)
        .order_by("at")
        .values_list("at", flat=True)
    )
    later = Sighting.objects.filter(story=story, at__gt=sightings[0].at).order_by("at", "id").first()
    made, after = [], later.at if later else None
    for sighting in sightings:
        gone = next((moment for moment in left if moment > sighting.at), None)
        ends = [moment for moment in (after, gone) if moment is not None]
        until = min(ends, default=None)
        made.append(Span(sighting, until, gone is not None and until == gone))
        after = sighting.at
    return made


def page_of(story: Story, sighting_id: int) -> Sighting | None:
    """A sighting of this story with its page."""
    return Sighting.objects.filter(story=story, pk=sighting_id).select_related("page").first()


def named(files: Iterable[tuple[str, str]]) -> str:
    return "".join(f"{digest}  {name}\n" for name, digest in files)

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
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import DatabaseError, transaction
from django.db.models import Case, Exists, OuterRef, Subquery, When

from articles.events import PAGE_SEEN
from articles.models import MoveLog, SeenPage, Sighting, Story
from newsroom.outbox import record

log = logging.getLogger(__name__)

LEAVES = ("withdraw", "withdraw-scheduled", "embargo")  # the moves after which a reader is given this page no more
MOST = 200


@dataclass(frozen=True)
class Span:
    """A time during which one page was given. until: None while it still is. gone: it ended by leaving, not by another."""

    sighting: Sighting
    until: datetime | None
    gone: bool = False


def last() -> Subquery:
    """The digest of the page that readers of a story are given, to stand beside its row: an unchanged page costs no query
    of its own. NULL once the story left them: the very same page after that is given anew."""
    left = MoveLog.objects.filter(story=OuterRef("story"), move__in=LEAVES, at__gt=OuterRef("at"))
    newest = Sighting.objects.filter(story=OuterRef("pk")).order_by("-at", "-id")
    return Subquery(
        newest.annotate(given=Case(When(Exists(left), then=None), default="page__digest")).values("given")[:1]
    )


def note(story_id: int, html: bytes, *, at: datetime, known: str | None, status: int = 200) -> None:
    """Keep a page that is being given to a reader. known: the newest page's digest, of ``last``.

    Readers get their page even where it cannot be kept: that is logged.
    """
    digest = hashlib.sha256(html).hexdigest()
    if digest == known:
        return
    try:
        with transaction.atomic():
            page, new = SeenPage.objects.get_or_create(
                digest=digest, defaults={"status": status, "packed": zlib.compress(html, 6)}
            )
            Sighting.objects.create(story_id=story_id, page=page, at=at)
            if new:
                record(PAGE_SEEN, page_id=page.pk)
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

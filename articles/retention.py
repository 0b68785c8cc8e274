"""How long the pages that readers saw are kept: ``SEEN_YEARS`` after readers were last given them, and longer while
somebody may still ask for them. A legal hold on the story, a complaint that is open or was decided less than half a
year ago holds everything that was ever seen of it. The page that readers are given now is never too old.

What went is in the audit log, with each page's SHA-256: a copy that somebody took along can still be recognised.
"""

from __future__ import annotations

import calendar
from collections import defaultdict
from datetime import datetime

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q

from articles.complaining import CONTACT_KEPT
from articles.events import PAGES_ENDED
from articles.models import Complaint, MoveLog, SeenPage, Sighting
from articles.seen import LEAVES
from newsroom import audit
from newsroom.outbox import record

CHUNK = 200
_OPEN = (Complaint.State.NEW, Complaint.State.LOOKING)


def sweep(at: datetime) -> int:
    """Remove what is kept no longer at ``at``; return how many times of being seen went. In portions, each a transaction
    of its own; any number of workers may sweep at once."""
    gone = 0
    while removed := _portion(at):
        gone += removed
    return gone


def kept_since(at: datetime) -> datetime:
    """What readers were given before, and were not given at or after this moment, is kept no longer."""
    year = at.year - settings.SEEN_YEARS
    return at.replace(year=year, day=min(at.day, calendar.monthrange(year, at.month)[1]))


def _portion(at: datetime) -> int:
    before = kept_since(at)
    # Ended: another page followed it before then, or the story left its readers.
    later = Sighting.objects.filter(story=OuterRef("story"), at__gt=OuterRef("at"), at__lt=before)
    left = MoveLog.objects.filter(story=OuterRef("story"), move__in=LEAVES, at__gt=OuterRef("at"), at__lt=before)
    asked = Complaint.objects.filter(
        Q(state__in=_OPEN, set_aside=False) | Q(decided_at__gt=at - CONTACT_KEPT), story=OuterRef("story")
    )
    ended = Sighting.objects.filter(Exists(later) | Exists(left), ~Exists(asked), at__lt=before, story__held_at=None)
    with transaction.atomic():
        found = list(
            ended.select_for_update(of=("self",), skip_locked=True)
            .select_related("page")
            .defer("page__packed")
            .order_by("at", "pk")[:CHUNK]
        )
        if not found:
            return 0
        with connection.cursor() as cursor:  # the database refuses it to whoever does not say this
            cursor.execute("SET LOCAL newsroom.retention = 'over'")
        Sighting.objects.filter(pk__in=[one.pk for one in found])._raw_delete("default")
        pages = SeenPage.objects.filter(pk__in={one.page_id for one in found})
        # A page that is being given again at this very moment is held by its new row, and stays.
        over = list(
            pages.filter(~Exists(Sighting.objects.filter(page=OuterRef("pk"))))
            .select_for_update(of=("self",), skip_locked=True)
            .only("pk", "files")
        )
        SeenPage.objects.filter(pk__in=[page.pk for page in over])._raw_delete("default")
        if files := sorted({digest for page in over for digest in page.files.values()}):
            record(PAGES_ENDED, digests=files)
        _write_down(found)
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL newsroom.retention = ''")
    return len(found)


def _write_down(found: list[Sighting]) -> None:
    by_story: dict[int, list[Sighting]] = defaultdict(list)
    for one in found:
        by_story[one.story_id].append(one)
    for story_id, gone in by_story.items():
        audit.note(
            None,
            "story.seen-removed",
            f"story:{story_id}",
            years=settings.SEEN_YEARS,
            given_from=gone[0].at.isoformat(),
            given_last_from=gone[-1].at.isoformat(),
            pages={one.at.isoformat(): one.page.digest for one in gone},
        )

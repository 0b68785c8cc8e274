"""Ending live stories whose time is over: readers are never promised more in vain."""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from articles import pens, taken
from articles.events import STORY_CHANGED
from articles.models import Story
from newsroom.outbox import record

logger = logging.getLogger(__name__)


def sweep(at: datetime | None = None, *, limit: int = 200) -> int:
    """End what is over at ``at`` (None: now), each in a transaction of its own; return how many were ended. Any number of
    workers may sweep at once."""
    at = at or timezone.now()
    over = Story.objects.filter(live=True, live_until__lte=at).order_by("live_until").values_list("pk", flat=True)
    ended = 0
    for pk in list(over[:limit]):
        try:
            ended += _end(pk, at)
        except Exception:
            logger.exception("The live time of story %s could not be ended.", pk)
    return ended


def _end(pk: int, at: datetime) -> bool:
    with transaction.atomic():
        # A row that somebody holds is being moved: the next sweep sees what came of it.
        due = Story.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
        story = due.filter(pk=pk, live=True, live_until__lte=at).first()
        if story is None:
            return False
        by = story.live_by_id or story.owner_id
        Story.objects.filter(pk=pk).update(
            live=False, live_since=None, live_by=None, live_until=None, version=F("version") + 1
        )
        pens.end(story, by=None, at=at)
        taken.log("end-live-due", story_id=pk, revision_id=story.published_revision_id, person_id=by, at=at)
        if story.is_published:
            record(STORY_CHANGED, story_id=pk, section_ids=[story.section_id], topic_ids=[], author_ids=[])
    return True

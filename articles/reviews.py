"""Reading what went out before a second person had read it (promise 3)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from articles import typed
from articles.access import may
from articles.models import MoveLog, Review, Revision
from articles.refusals import Refused
from newsroom import audit
from newsroom.accounts.models import Person

LONGEST_NOTE = 2000


def begin(log: MoveLog, *, kind: str, before: Revision | None) -> Review:
    """Open a review of what a move sent out, in the move's transaction. before: what readers saw until then."""
    assert log.revision_id is not None
    return Review.objects.create(
        story_id=log.story_id,
        kind=kind,
        revision_id=log.revision_id,
        before=before,
        log=log,
        person_id=log.person_id,
        opened_at=log.at,
    )


def waiting() -> QuerySet[Review]:
    """Open reviews, the longest waiting first, with all that a list shows of them.

    Their stories are asked for afterwards, not joined: nearly always there are none, and joining whole tables of stories
    and revisions to an empty one has taken PostgreSQL minutes where it had no statistics yet.
    """
    found = Review.objects.filter(closed_at__isnull=True)
    return found.prefetch_related("story__section", "revision", "person", "log")


def why_not(review: Review, person: Person) -> str:
    """The sentence that keeps this person from closing a review, or ""."""
    if not may(person).decide:
        return "An editor reads and closes it."
    if review.person_id == person.pk:
        return "You sent this out. Another editor must read it."
    return ""


def close(review_id: int, *, person: Person, at: datetime, note: str = "") -> Review:
    """Say that this person has read what went out. Closed already by somebody else: that stands, and is returned.

    Raises:
        Refused: not an editor, the one who sent it out, or the note is too long.
        Review.DoesNotExist: no such review.
    """
    note = typed.lines(note)
    if len(note) > LONGEST_NOTE:
        raise Refused({"note": f"Keep it to {LONGEST_NOTE} characters; it has {len(note)}."})
    with transaction.atomic():
        review = Review.objects.select_for_update().get(pk=review_id)
        if why := why_not(review, person):
            raise Refused(why)
        if review.closed_at is None:
            review.closed_at, review.closed_by, review.note = at, person, note
            review.save(update_fields=["closed_at", "closed_by", "note"])
            audit.note(person, "story.review-closed", f"story:{review.story_id}", review=review.pk)
    return review

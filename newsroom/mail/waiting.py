"""Letters that wait for a person: those of which nobody knows whether they arrived, and those the server refuses to all."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.db.models.functions import Now

from newsroom.mail.letters import POST
from newsroom.mail.models import Letter
from newsroom.outbox.doorbell import ring_on_commit

State = Letter.State

STUCK_AFTER = timedelta(minutes=5)
ARRIVED = "Counted as arrived by a person."


def uncertain() -> QuerySet[Letter]:
    """Return the letters of which nobody knows (RFC 1047), the newest first, without what they say."""
    return Letter.objects.filter(state=State.UNCERTAIN).defer("content").order_by("-created_at", "-id")


def send_again(letter_id: int) -> bool:
    """Post an uncertain letter once more: that person may then have it twice. The copy carries the same Message-ID.

    Returns: False when it is not uncertain any more.
    """
    # Without its claim: a worker that was given up and wakes can no longer write to it.
    planned = (
        Letter.objects.filter(pk=letter_id, state=State.UNCERTAIN)
        .exclude(content=b"")
        .update(state=State.PLANNED, due_at=Now(), attempts=0, answer="", claimed_by=None, claimed_until=None)
    )
    if planned:
        ring_on_commit(POST)
    return bool(planned)


def arrived(letter_id: int) -> bool:
    """Count an uncertain letter as sent, and forget what it says. Return False when it is not uncertain any more."""
    return bool(
        Letter.objects.filter(pk=letter_id, state=State.UNCERTAIN).update(
            state=State.SENT, sent_at=Now(), answer=ARRIVED, content=b"", claimed_by=None, claimed_until=None
        )
    )


def stuck(at: datetime) -> QuerySet[Letter]:
    """Return the letters that have waited a while for a server which takes none of ours, the oldest first.

    They are charged with no attempt (``posting``), and yet have an answer.
    """
    waiting = Letter.objects.filter(state=State.PLANNED, attempts=0, created_at__lt=at - STUCK_AFTER)
    return waiting.exclude(answer="").defer("content").order_by("created_at", "id")

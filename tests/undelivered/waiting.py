"""Things that wait for an administrator."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from newsroom.mail.models import Letter
from newsroom.outbox.models import Effect, Event

_number = count(1)


def failed_work(**facts: Any) -> Effect:
    """Follow-up work as the relay lays it out after its last try."""
    at = facts.pop("at", datetime.now(UTC))
    event = Event.objects.create(
        kind=facts.pop("kind", "story.published"), payload=facts.pop("payload", {"story_id": 12}), at=at
    )
    return Effect.objects.create(
        event=event,
        handler=facts.pop("handler", "articles.purge"),
        due_at=at,
        dead_at=at,
        attempts=8,
        last_error=facts.pop("error", "ConnectionError: Error 111 connecting to 127.0.0.1:6379."),
        **facts,
    )


def uncertain_letter(**facts: Any) -> Letter:
    """A letter whose line broke after the content."""
    values = {
        "key": f"test:{next(_number)}",
        "to": "alice.ashdown@example.org",
        "envelope_from": "news@example.org",
        "subject": "Confirm your sign-up to Royals Weekly",
        "message_id": f"<{next(_number)}@example.org>",
        "content": b"Subject: Confirm\r\n\r\nPress here.\r\n",
        "state": Letter.State.UNCERTAIN,
        "attempts": 1,
        "answer": "The server hung up.",
        **facts,
    }
    return Letter.objects.create(**values)


def stuck_letter(**facts: Any) -> Letter:
    values = {"state": Letter.State.PLANNED, "attempts": 0, "answer": "530 5.7.0 Authentication required", **facts}
    made = uncertain_letter(**values)
    Letter.objects.filter(pk=made.pk).update(created_at=datetime.now(UTC) - timedelta(minutes=6))
    return made


def said(answer: Any) -> str:
    return str(answer.content.decode())

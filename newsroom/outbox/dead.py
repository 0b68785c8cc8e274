"""Effects that were given up by the relay: seen at the desk, tried again when their cause is mended, or let go."""

from __future__ import annotations

from django.db.models import QuerySet
from django.db.models.functions import Now

from newsroom.outbox.doorbell import ring_on_commit
from newsroom.outbox.models import Effect
from newsroom.outbox.recording import RELAY


def dead_letters() -> QuerySet[Effect]:
    """Return the effects that failed for good and wait for a person, the newest first, each with its event."""
    return _dead().select_related("event").order_by("-dead_at", "-id")


def retry(effect_id: int) -> bool:
    """Give a dead effect all its attempts again, from now. Return False when it is not (or no longer) dead."""
    revived = _dead().filter(pk=effect_id).update(dead_at=None, attempts=0, due_at=Now())
    if revived:
        ring_on_commit(RELAY)
    return bool(revived)


def give_up(effect_id: int) -> bool:
    """Let a dead effect go: it will never run. Return False when it is not (or no longer) dead."""
    return bool(_dead().filter(pk=effect_id).update(given_up_at=Now()))


def _dead() -> QuerySet[Effect]:
    return Effect.objects.filter(dead_at__isnull=False, given_up_at=None)

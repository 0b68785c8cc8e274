"""Effects that were given up: seen at the desk, and tried again when their cause is mended."""

from __future__ import annotations

from django.db.models import QuerySet
from django.db.models.functions import Now

from newsroom.outbox.doorbell import ring_on_commit
from newsroom.outbox.models import Effect
from newsroom.outbox.recording import RELAY


def dead_letters() -> QuerySet[Effect]:
    """Return the effects that were given up, the newest first, each with its event."""
    return Effect.objects.filter(dead_at__isnull=False).select_related("event").order_by("-dead_at", "-id")


def retry(effect_id: int) -> bool:
    """Give a dead effect all its attempts again, from now. Return False when it is not (or no longer) dead."""
    revived = Effect.objects.filter(pk=effect_id, dead_at__isnull=False).update(dead_at=None, attempts=0, due_at=Now())
    if revived:
        ring_on_commit(RELAY)
    return bool(revived)

"""Writing down what happened."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection
from django.utils import timezone

from newsroom.outbox.doorbell import ring_on_commit
from newsroom.outbox.events import EventKind, OutboxError, handlers_of
from newsroom.outbox.models import Effect, Event

RELAY = "newsroom.outbox.relay"


def record(kind: EventKind, *, at: datetime | None = None, **payload: Any) -> None:
    """Write an event and one effect per handler into the caller's transaction; wake the relay when it commits.

    Arguments:
        at: when the effects are due (aware); None is now.
        payload: exactly the kind's fields, values that JSON holds.

    Raises:
        OutboxError: no transaction is open (the event could be lost or could outlive a rollback), or the payload's
            names differ from the kind's fields.
    """
    if not connection.in_atomic_block:
        raise OutboxError(f"record({kind.name}) needs an open transaction: use transaction.atomic().")
    if payload.keys() != kind.fields:
        raise OutboxError(f"{kind.name} carries {sorted(kind.fields)}, not {sorted(payload)}.")
    due = at or timezone.now()
    written = Event.objects.create(kind=kind.name, payload=payload, at=due)
    if not (names := handlers_of(kind)):
        return  # nothing is owed: one row, finished as it is, and no worker is woken for it
    Effect.objects.bulk_create([Effect(event=written, handler=name, due_at=due) for name in names])
    ring_on_commit(RELAY)

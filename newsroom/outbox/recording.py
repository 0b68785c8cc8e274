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

_CLAUSES = """
outbox_said AS (
    INSERT INTO outbox_event (kind, payload, at)
    SELECT %s, jsonb_build_object({fields}), statement_timestamp() FROM {of} RETURNING id, at
), outbox_owed AS (
    INSERT INTO outbox_effect (event_id, handler, due_at, attempts, last_error)
    SELECT outbox_said.id, handler, outbox_said.at, 0, '' FROM outbox_said, unnest(%s::text[]) AS handler
)
"""


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


def clauses(kind: EventKind, *, of: str, **columns: str) -> tuple[str, list[Any]]:
    """The same as ``record`` for a statement that has no second round trip to spare: SQL to stand in its WITH, and the
    parameters of it. One event is written, due now, for each row of the clause ``of``. After it, ``ring``.

    Arguments:
        of: a clause of the same WITH, written before. columns: of that clause, for each of the kind's fields. Names of
            the code's own: they stand in the SQL as they are.

    Raises:
        OutboxError: the columns' names differ from the kind's fields.
    """
    if columns.keys() != kind.fields:
        raise OutboxError(f"{kind.name} carries {sorted(kind.fields)}, not {sorted(columns)}.")
    fields = ", ".join(f"'{field}', {of}.{column}" for field, column in columns.items())
    return _CLAUSES.format(of=of, fields=fields), [kind.name, handlers_of(kind)]


def ring() -> None:
    """Wake the relay when what was written with ``clauses`` is committed."""
    ring_on_commit(RELAY)

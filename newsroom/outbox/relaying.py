"""Running what is due: one effect at a time, claimed with a lease, fenced, retried, and at last laid out as dead."""

from __future__ import annotations

import logging
import random
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now

from newsroom.outbox.events import EventData, OutboxError, function_of
from newsroom.outbox.models import Effect, Event

log = logging.getLogger(__name__)

LEASE_SECONDS = 60.0
ATTEMPTS = 8
FIRST_WAIT = timedelta(seconds=2)
LONGEST_WAIT = timedelta(minutes=10)
TIDY_AT_ONCE = 2_000  # events in one transaction

# One statement finds, locks and marks the row: two workers never get the same one, and neither waits for the other.
# The claim is committed before the handler runs, so a worker that is killed leaves a lease that runs out.
# Attempts are counted here, not at the failure: a handler that kills its worker must die too, in the end.
CLAIM = """
UPDATE outbox_effect SET claimed_by = %(claim)s, claimed_until = statement_timestamp() + make_interval(secs => %(lease)s), attempts = attempts + 1
WHERE id = (
    SELECT id FROM outbox_effect
    WHERE done_at IS NULL AND dead_at IS NULL AND due_at <= statement_timestamp()
      AND (claimed_until IS NULL OR claimed_until < statement_timestamp())
    ORDER BY due_at, id LIMIT 1 FOR UPDATE SKIP LOCKED
)
RETURNING id, event_id, handler, attempts
"""


class _ClaimLost(Exception):
    """The lease ran out and another worker has the effect: what this one wrote is rolled back."""


@dataclass(frozen=True)
class Claim:
    """A row that is ours until the lease ends."""

    by: uuid.UUID
    effect_id: int
    event_id: int
    handler: str
    attempts: int


def relay(limit: int = 100) -> int:
    """Run up to ``limit`` due effects, the oldest first. Return how many were taken up, successful or not.

    Effects are claimed one by one: a killed worker leaves one behind for a lease's length, never a batch; a slow
    handler holds up nobody who has another worker.

    Raises:
        OutboxError: called inside a transaction, where no claim could be committed.
    """
    if connection.in_atomic_block:
        raise OutboxError("relay() commits each claim by itself and cannot run inside a transaction.")
    taken = 0
    while taken < limit and (claim := _claim()):
        taken += 1
        _run(claim)
    return taken


def _claim() -> Claim | None:
    by = uuid.uuid4()
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, {"claim": by, "lease": LEASE_SECONDS})
        row = cursor.fetchone()
    return Claim(by, *row) if row else None


def _run(claim: Claim) -> None:
    if claim.attempts > ATTEMPTS:
        # Every earlier attempt took its worker down with it, or it would have been laid out at its failure.
        _bury(claim, "The worker was lost at every attempt.")
        return
    try:
        function = function_of(claim.handler)
        if function is None:
            raise OutboxError(f"This process knows no handler {claim.handler!r}.")
        event = Event.objects.get(pk=claim.event_id)
        with transaction.atomic():
            function(EventData(event.pk, event.kind, event.payload, event.at))
            done = Effect.objects.filter(pk=claim.effect_id, claimed_by=claim.by, done_at=None).update(
                done_at=Now(), claimed_by=None, claimed_until=None, last_error=""
            )
            if not done:
                raise _ClaimLost
    except _ClaimLost:
        log.warning("%s for event %s took longer than its lease; another worker has it.", claim.handler, claim.event_id)
    except Exception as error:
        log.exception("%s for event %s failed (attempt %s).", claim.handler, claim.event_id, claim.attempts)
        reason = f"{type(error).__name__}: {error}"[:2000]
        if claim.attempts >= ATTEMPTS:
            _bury(claim, reason)
        else:
            _put_back(claim, reason)


def _put_back(claim: Claim, reason: str) -> None:
    Effect.objects.filter(pk=claim.effect_id, claimed_by=claim.by).update(
        due_at=Now() + wait_after(claim.attempts), claimed_by=None, claimed_until=None, last_error=reason
    )


def _bury(claim: Claim, reason: str) -> None:
    log.error("%s for event %s is given up: %s", claim.handler, claim.event_id, reason)
    Effect.objects.filter(pk=claim.effect_id, claimed_by=claim.by).update(
        dead_at=Now(), claimed_by=None, claimed_until=None, last_error=reason
    )


def wait_after(attempts: int) -> timedelta:
    """Return the time before the next attempt: doubling from 2 s to 10 min, less up to a third so that a crowd that
    failed together does not come back together."""
    doubled = FIRST_WAIT * 2 ** min(attempts - 1, 20)
    return min(doubled, LONGEST_WAIT) * random.uniform(0.67, 1)  # noqa: S311


def waiting_since(moment: datetime) -> bool:
    """Say whether anything that was due before ``moment`` is still not taken up: there is no worker, or far too few."""
    open_ones = Effect.objects.filter(done_at=None, dead_at=None, due_at__lt=moment)
    return open_ones.filter(Q(claimed_until=None) | Q(claimed_until__lt=Now())).exists()


def tidy(before: datetime) -> int:
    """Delete events older than ``before`` (aware) whose every effect is done or was let go. Return how many."""
    open_or_dead = Effect.objects.filter(event=OuterRef("pk"), done_at=None, given_up_at=None)
    finished = Event.objects.filter(~Exists(open_or_dead), created_at__lt=before).order_by("created_at")
    deleted = 0
    while some := list(finished.values_list("pk", flat=True)[:TIDY_AT_ONCE]):
        deleted += Event.objects.filter(pk__in=some).delete()[1].get("outbox.Event", 0)
    return deleted

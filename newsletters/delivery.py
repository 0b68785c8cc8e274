"""Sending an issue through the ledger: nobody lost, nobody mailed twice, and by name where that cannot be known.

PostgreSQL alone is the truth. A task is only a doorbell: whatever wakes this module finds its work in the rows.
"""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, OuterRef, Q, QuerySet
from django.db.models.functions import Now

from newsletters import audience
from newsletters.book import Claimed, may_go
from newsletters.handover import Run, Sender
from newsletters.models import Delivery, Issue, Subscription
from newsroom.mail import smtp

log = logging.getLogger(__name__)
State = Delivery.State

PLAN_CHUNK = 5_000  # subscribers in one transaction of planning
CLAIM_CHUNK = 50  # letters a sender holds at a time: what a killed one leaves waiting for its lease
LEASE = timedelta(seconds=120)
RUN_SECONDS = 20.0  # a task gives the worker back after this long, and is rung again
KILLED = "The sender stopped while it waited for the answer."


# -- planning --------------------------------------------------------------------------------------------------------


def plan(issue_id: int) -> int:
    """Write a delivery for everyone in the audience, a chunk a transaction. Return how many were written.

    Killed between two chunks, the next call goes on where this one stood: the place is kept with the rows.
    """
    written = 0
    while True:
        with transaction.atomic():
            issue = (
                Issue.objects.select_for_update(skip_locked=True, of=("self",))
                .select_related("newsletter")
                .filter(pk=issue_id, state=Issue.State.SENDING, planned_at=None)
                .first()
            )
            if issue is None or issue.started_at is None:
                return written  # another worker plans it, or it is planned, or held
            chunk = list(
                audience.of(issue.newsletter, at=issue.started_at)
                .filter(subscriber_id__gt=issue.planned_up_to)
                .order_by("subscriber_id")
                .values_list("subscriber_id", flat=True)[:PLAN_CHUNK]
            )
            if not chunk:
                Issue.objects.filter(pk=issue_id).update(planned_at=Now())
                return written
            # ignore_conflicts: the unique key is what stops a second letter, not our memory of having planned it.
            Delivery.objects.bulk_create(
                [Delivery(issue_id=issue_id, subscriber_id=pk) for pk in chunk], ignore_conflicts=True
            )
            Issue.objects.filter(pk=issue_id).update(planned_up_to=chunk[-1])
            written += len(chunk)


# -- sweeping --------------------------------------------------------------------------------------------------------


@dataclass
class Work:
    """Issues with something to do."""

    to_plan: list[int] = field(default_factory=list)
    to_send: list[int] = field(default_factory=list)


def sweep() -> Work:
    """Settle what dead senders left, close what is finished, and say which issues still need work."""
    settle()
    work = Work()
    for issue_id, planned_at in Issue.objects.filter(state=Issue.State.SENDING).values_list("pk", "planned_at"):
        if planned_at is None:
            work.to_plan.append(issue_id)
        if planned_at is not None and finish(issue_id):
            continue
        if _claimable(issue_id).exists():
            work.to_send.append(issue_id)
    return work


def settle() -> int:
    """Name as uncertain the letters whose sender died with them half handed over. Return how many.

    Such a letter is never sent again by itself: the other side may have it (RFC 1047).
    """
    return Delivery.objects.filter(state=State.HANDING_OVER, lease_until__lt=Now()).update(
        state=State.UNCERTAIN, why=KILLED, lease_until=None
    )


def finish(issue_id: int) -> bool:
    """Close the issue when every delivery has come to an end. Return whether it is closed now.

    The issue is locked before its letters are asked for: a person who lets one go out again takes the same lock, and
    closed over that letter the issue would keep it planned for ever. Asked without the lock first, since there is
    mostly something left.
    """
    if _unfinished(issue_id):
        return False
    with transaction.atomic():
        planned = Issue.objects.filter(pk=issue_id, state=Issue.State.SENDING, planned_at__isnull=False)
        if planned.select_for_update().first() is None or _unfinished(issue_id):
            return False
        Issue.objects.filter(pk=issue_id).update(
            state=Issue.State.SENT,
            finished_at=Now(),
            stalled_since=None,
            stalled_why="",
            next_try_at=None,
            version=F("version") + 1,
        )
        return True


def _unfinished(issue_id: int) -> bool:
    open_states = [State.PLANNED, State.CLAIMED, State.HANDING_OVER]
    return Delivery.objects.filter(issue=issue_id, state__in=open_states).exists()


def _claimable(issue_id: int) -> QuerySet[Delivery]:
    return Delivery.objects.filter(
        Q(state=State.PLANNED, not_before__lte=Now()) | Q(state=State.CLAIMED, lease_until__lt=Now()),
        Q(issue__next_try_at=None) | Q(issue__next_try_at__lte=Now()),
        issue=issue_id,
    )


# -- claiming --------------------------------------------------------------------------------------------------------

# One statement finds, locks and marks: two senders never get the same row, and neither waits for the other. A claim
# whose lease ran out has sent nothing (it would be handing_over), so it may be taken again; the new claim number
# shuts the old sender out should it wake up.
CLAIM = """
UPDATE newsletters_delivery SET state = 'claimed', claim = %(claim)s, claimed_at = statement_timestamp(),
       lease_until = statement_timestamp() + %(lease)s::interval, attempts = attempts + 1
WHERE id IN (
    SELECT id FROM newsletters_delivery
    WHERE issue_id = %(issue)s AND (
        (state = 'planned' AND not_before <= statement_timestamp())
        OR (state = 'claimed' AND lease_until < statement_timestamp()))
      AND EXISTS (SELECT 1 FROM newsletters_issue WHERE id = %(issue)s AND state = 'sending'
                  AND (next_try_at IS NULL OR next_try_at <= statement_timestamp()))
    ORDER BY id LIMIT %(limit)s FOR UPDATE SKIP LOCKED
)
RETURNING id
"""


def claim(issue: Issue, by: uuid.UUID, *, limit: int = CLAIM_CHUNK) -> list[Claimed]:
    """Take up to ``limit`` letters of the issue. Must not run inside a transaction: the claim has to be committed."""
    with connection.cursor() as cursor:
        cursor.execute(
            CLAIM, {"claim": by, "lease": f"{LEASE.total_seconds()} seconds", "issue": issue.pk, "limit": limit}
        )
        ids = [row[0] for row in cursor.fetchall()]
    if not ids:
        return []
    subscription = Subscription.objects.filter(
        newsletter=issue.newsletter_id, subscriber=OuterRef("subscriber_id"), state=Subscription.State.ACTIVE
    )
    rows = (
        Delivery.objects.filter(pk__in=ids, claim=by)
        .annotate(subscription_id=subscription.values("pk")[:1], may=may_go(issue))
        .order_by("pk")
        .values_list("pk", "subscription_id", "subscriber__address", "attempts", "may")
    )
    return [Claimed(*row) for row in rows]


# -- sending ---------------------------------------------------------------------------------------------------------


def deliver(
    issue_id: int, *, seconds: float = RUN_SECONDS, connect: Callable[[], smtp.Connection] | None = None
) -> Run:
    """Send letters of an issue until none is left or ``seconds`` have passed.

    Args:
        connect: opens the line to the mail server; by default the one that MAIL_URL names.
    """
    run = Run()
    issue = Issue.objects.select_related("newsletter").filter(pk=issue_id, state=Issue.State.SENDING).first()
    if issue is None:
        return run
    sender = Sender(issue, run, connect or (lambda: smtp.connect(settings.MAIL_URL)))
    until = time.monotonic() + seconds
    try:
        while time.monotonic() < until and not sender.stopped:
            chunk = claim(issue, sender.book.claim)
            if not chunk:
                break
            sender.send(chunk)
        else:
            run.more = not sender.stopped
    finally:
        sender.close()
        sender.book.close()
    finish(issue_id)
    return run

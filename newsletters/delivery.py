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
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Now

from newsletters import audience, message, tokens
from newsletters.addresses import NotAnAddress, read
from newsletters.consent import stands
from newsletters.models import Delivery, Issue, Subscription
from newsroom.mail import smtp

log = logging.getLogger(__name__)
State = Delivery.State

PLAN_CHUNK = 5_000  # subscribers in one transaction of planning
CLAIM_CHUNK = 50  # letters a sender holds at a time: what a killed one leaves waiting for its lease
LEASE = timedelta(seconds=120)
# While the other side may still answer. RFC 5321 4.5.3.2.6 lets it take ten minutes after the content.
HANDING_LEASE = timedelta(seconds=660)
RUN_SECONDS = 20.0  # a task gives the worker back after this long, and is rung again
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=2)
MOST_ATTEMPTS = 10

LEFT = "Left, or the consent ended, before the letter went out."
BROKEN_LINE = "The connection broke after the letter, before the answer."
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
    """Close the issue when every delivery has come to an end. Return whether it is closed now."""
    open_ones = Delivery.objects.filter(
        issue=OuterRef("pk"), state__in=[State.PLANNED, State.CLAIMED, State.HANDING_OVER]
    )
    return bool(
        Issue.objects.filter(
            ~Exists(open_ones), pk=issue_id, state=Issue.State.SENDING, planned_at__isnull=False
        ).update(state=Issue.State.SENT, finished_at=Now(), version=F("version") + 1)
    )


def _claimable(issue_id: int) -> object:
    return Delivery.objects.filter(
        Q(state=State.PLANNED, not_before__lte=Now()) | Q(state=State.CLAIMED, lease_until__lt=Now()), issue=issue_id
    )


# -- claiming --------------------------------------------------------------------------------------------------------

# One statement finds, locks and marks: two senders never get the same row, and neither waits for the other. A claim
# whose lease ran out has sent nothing (it would be handing_over), so it may be taken again; the new claim number
# shuts the old sender out should it wake up.
CLAIM = """
UPDATE newsletters_delivery SET state = 'claimed', claim = %(claim)s, claimed_at = statement_timestamp(),
       lease_until = statement_timestamp() + %(lease)s, attempts = attempts + 1
WHERE id IN (
    SELECT id FROM newsletters_delivery
    WHERE issue_id = %(issue)s AND (
        (state = 'planned' AND not_before <= statement_timestamp())
        OR (state = 'claimed' AND lease_until < statement_timestamp()))
      AND EXISTS (SELECT 1 FROM newsletters_issue WHERE id = %(issue)s AND state = 'sending')
    ORDER BY id LIMIT %(limit)s FOR UPDATE SKIP LOCKED
)
RETURNING id
"""


@dataclass(frozen=True)
class Claimed:
    """A letter that is ours until the lease ends. ``may``: the consent stood when the chunk was read."""

    delivery_id: int
    subscription_id: int | None
    address: str
    attempts: int
    may: bool


def claim(issue: Issue, by: uuid.UUID, *, limit: int = CLAIM_CHUNK) -> list[Claimed]:
    """Take up to ``limit`` letters of the issue. Must not run inside a transaction: the claim has to be committed."""
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, {"claim": by, "lease": LEASE, "issue": issue.pk, "limit": limit})
        ids = [row[0] for row in cursor.fetchall()]
    if not ids:
        return []
    subscription = Subscription.objects.filter(
        newsletter=issue.newsletter_id, subscriber=OuterRef("subscriber_id"), state=Subscription.State.ACTIVE
    )
    rows = (
        Delivery.objects.filter(pk__in=ids, claim=by)
        .annotate(subscription_id=subscription.values("pk")[:1], may=_may(issue))
        .order_by("pk")
        .values_list("pk", "subscription_id", "subscriber__address", "attempts", "may")
    )
    return [Claimed(*row) for row in rows]


def _may(issue: Issue) -> Q:
    """The condition of domain 17 on a delivery's subscriber, for asking inside a statement."""
    return Q(
        Exists(
            Subscription.objects.filter(
                newsletter=issue.newsletter_id,
                subscriber=OuterRef("subscriber_id"),
                state=Subscription.State.ACTIVE,
                subscriber__confirmed_at__isnull=False,
            )
        )
    ) & Q(stands(issue.newsletter.purpose_id, subscriber="subscriber_id"))


# -- handing over ----------------------------------------------------------------------------------------------------


class _Stopped(Exception):
    """The letter in hand may not go out any more: the person left, the issue was held, or the claim was lost."""


@dataclass
class Run:
    """What one call did."""

    sent: int = 0
    skipped: int = 0
    uncertain: int = 0
    bounced: int = 0
    put_back: int = 0
    more: bool = False


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
    sender = _Sender(issue, run, connect or (lambda: smtp.connect(settings.MAIL_URL)))
    until = time.monotonic() + seconds
    try:
        while time.monotonic() < until and not sender.stopped:
            chunk = claim(issue, sender.claim)
            if not chunk:
                break
            for letter in chunk:
                sender.send(letter)
                if sender.stopped:
                    break
        else:
            run.more = not sender.stopped
    finally:
        sender.close()
    finish(issue_id)
    return run


class _Sender:
    """One line to the mail server, and the claim under which its letters go out."""

    def __init__(self, issue: Issue, run: Run, connect: Callable[[], smtp.Connection]) -> None:
        self.issue = issue
        self.run = run
        self.connect = connect
        self.claim = uuid.uuid4()
        self.line: smtp.Connection | None = None
        self.template = message.template(issue)
        self.stopped = False

    def send(self, letter: Claimed) -> None:
        if not letter.may or letter.subscription_id is None:
            self._end(letter, State.SKIPPED, why=LEFT)
            self.run.skipped += 1
            return
        try:
            address = read(letter.address).deliverable
        except NotAnAddress as error:
            self._end(letter, State.BOUNCED, why=error.message)
            self.run.bounced += 1
            return
        token = tokens.leave_token(letter.subscription_id, self.issue.pk)
        finished = self.template.fill(
            address=address, token=token, message_id=message.message_id(self.issue.pk, letter.delivery_id)
        )
        try:
            self.line = self.line or self.connect()
            self.line.hand_over(
                message.envelope_from(token), address, finished, before_content=lambda: self._begin(letter)
            )
        except _Stopped:
            self.close()  # the other side waits for the content, and there is no other way to take it back
            self._stop(letter)
        except smtp.Refused as error:
            self._refused(letter, error)
        except smtp.Lost as error:
            self.close()
            if error.content_sent:
                self._end(letter, State.UNCERTAIN, why=BROKEN_LINE)
                self.run.uncertain += 1
            else:
                self._put_back(letter, "The mail server could not be reached.")
                self.stopped = True  # the rest waits too: trying each would burn their attempts on one outage
                self._give_back()
        else:
            self._end(letter, State.SENT)
            self.run.sent += 1

    def _begin(self, letter: Claimed) -> None:
        """Commit that this letter's content goes out now, asking everything once more in that very statement.

        Raises:
            _Stopped: nothing was committed, and nothing may be sent.
        """
        begun = Delivery.objects.filter(
            _may(self.issue),
            Exists(Issue.objects.filter(pk=self.issue.pk, state=Issue.State.SENDING)),
            pk=letter.delivery_id,
            claim=self.claim,
            state=State.CLAIMED,
            lease_until__gt=Now(),
        ).update(state=State.HANDING_OVER, lease_until=Now() + HANDING_LEASE)
        if not begun:
            raise _Stopped

    def _end(self, letter: Claimed, state: Delivery.State, *, why: str = "") -> None:
        """Write how it ended, if the letter is still ours: also when a sweep has called it uncertain meanwhile."""
        changes: dict[str, object] = {"state": state, "why": why[:300], "lease_until": None}
        if state == State.SENT:
            changes["sent_at"] = Now()
        self._own(letter).update(**changes)

    def _own(self, letter: Claimed) -> object:
        return Delivery.objects.filter(
            pk=letter.delivery_id, claim=self.claim, state__in=[State.CLAIMED, State.HANDING_OVER, State.UNCERTAIN]
        )

    def _stop(self, letter: Claimed) -> None:
        """Find out why the letter was stopped, and leave its row as that asks."""
        own = Delivery.objects.filter(pk=letter.delivery_id, claim=self.claim, state=State.CLAIMED)
        if own.exclude(_may(self.issue)).update(state=State.SKIPPED, why=LEFT, lease_until=None):
            self.run.skipped += 1
        elif not Issue.objects.filter(pk=self.issue.pk, state=Issue.State.SENDING).exists():
            self.stopped = True
            self._give_back()

    def _refused(self, letter: Claimed, error: smtp.Refused) -> None:
        answer = f"{error.code} {error.text}".strip()
        if error.permanent or letter.attempts >= MOST_ATTEMPTS:
            self._end(letter, State.BOUNCED, why=answer)
            self.run.bounced += 1
        else:
            self._put_back(letter, answer)

    def _put_back(self, letter: Claimed, why: str) -> None:
        wait = min(FIRST_WAIT * 2 ** min(letter.attempts - 1, 20), LONGEST_WAIT)
        self._own(letter).update(state=State.PLANNED, why=why[:300], not_before=Now() + wait, lease_until=None)
        self.run.put_back += 1

    def _give_back(self) -> None:
        """Let go of what is claimed and untouched, so that nobody waits for our lease to run out."""
        Delivery.objects.filter(issue=self.issue.pk, claim=self.claim, state=State.CLAIMED).update(
            state=State.PLANNED, lease_until=None, attempts=F("attempts") - 1
        )

    def close(self) -> None:
        if self.line is not None:
            self.line.close()
            self.line = None

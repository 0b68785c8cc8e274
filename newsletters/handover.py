"""Handing letters over: what is marked before, and what is written after, whichever way it ends."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Now

from newsletters import message, tokens
from newsletters.addresses import NotAnAddress, read
from newsletters.consent import stands
from newsletters.models import Delivery, Issue, Subscription
from newsroom.mail import smtp

State = Delivery.State

# While the other side may still answer. RFC 5321 4.5.3.2.6 lets it take ten minutes after the content.
HANDING_LEASE = timedelta(seconds=660)
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=2)
MOST_ATTEMPTS = 10

LEFT = "Left, or the consent ended, before the letter went out."
BROKEN_LINE = "The connection broke after the letter, before the answer."


# The two statements that every letter costs, written out: putting them together anew each time took longer than the
# rest of the sending. The first asks domain 17 once more, as ``may_go`` does for a whole chunk.
BEGIN = """
UPDATE newsletters_delivery AS d
SET state = 'handing_over', lease_until = statement_timestamp() + %(lease)s::interval
WHERE d.id = %(delivery)s AND d.claim = %(claim)s AND d.state = 'claimed' AND d.lease_until > statement_timestamp()
  AND EXISTS (SELECT 1 FROM newsletters_issue WHERE id = %(issue)s AND state = 'sending')
  AND EXISTS (
    SELECT 1 FROM newsletters_subscription n JOIN newsletters_subscriber s ON s.id = n.subscriber_id
    WHERE n.newsletter_id = %(newsletter)s AND n.subscriber_id = d.subscriber_id AND n.state = 'active'
      AND s.confirmed_at IS NOT NULL)
  AND 'grant' = (
    SELECT act FROM newsletters_consentreceipt r
    WHERE r.purpose_id = %(purpose)s AND r.subscriber_id = d.subscriber_id ORDER BY r.id DESC LIMIT 1)
"""
SENT = """
UPDATE newsletters_delivery SET state = 'sent', why = '', lease_until = NULL, sent_at = statement_timestamp()
WHERE id = %(delivery)s AND claim = %(claim)s AND state IN ('handing_over', 'uncertain')
"""


@dataclass(frozen=True)
class Claimed:
    """A letter that is ours until the lease ends. ``may``: the consent stood when the chunk was read."""

    delivery_id: int
    subscription_id: int | None
    address: str
    attempts: int
    may: bool


@dataclass
class Run:
    """What one call did."""

    sent: int = 0
    skipped: int = 0
    uncertain: int = 0
    bounced: int = 0
    put_back: int = 0
    more: bool = False


def may_go(issue: Issue) -> Q:
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


class _Stopped(Exception):
    """The letter in hand may not go out any more: the person left, the issue was held, or the claim was lost."""


class Sender:
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
            if self.line is None or not self.line.is_open:
                self.line = self.connect()
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
                self._put_back(letter, f"The mail server could not be reached: {error}")
                self.stopped = True  # the rest waits too: trying each would burn their attempts on one outage
                self._give_back()
        except ValueError as error:  # an address that passed the sign-up's reading and not the line's own
            self._end(letter, State.BOUNCED, why=str(error))
            self.run.bounced += 1
        else:
            self._sent(letter)
            self.run.sent += 1

    def _begin(self, letter: Claimed) -> None:
        """Commit that this letter's content goes out now, asking everything once more in that very statement.

        Raises:
            _Stopped: nothing was committed, and nothing may be sent.
        """
        with connection.cursor() as cursor:
            cursor.execute(
                BEGIN,
                {
                    "delivery": letter.delivery_id,
                    "claim": self.claim,
                    "lease": f"{HANDING_LEASE.total_seconds()} seconds",
                    "issue": self.issue.pk,
                    "newsletter": self.issue.newsletter_id,
                    "purpose": self.issue.newsletter.purpose_id,
                },
            )
            begun = cursor.rowcount
        if not begun:
            raise _Stopped

    def _end(self, letter: Claimed, state: Delivery.State, *, why: str = "") -> None:
        """Write how it ended, if the letter is still ours: also when a sweep has called it uncertain meanwhile."""
        self._own(letter).update(state=state, why=why[:300], lease_until=None)

    def _sent(self, letter: Claimed) -> None:
        with connection.cursor() as cursor:
            cursor.execute(SENT, {"delivery": letter.delivery_id, "claim": self.claim})

    def _own(self, letter: Claimed) -> QuerySet[Delivery]:
        return Delivery.objects.filter(
            pk=letter.delivery_id, claim=self.claim, state__in=[State.CLAIMED, State.HANDING_OVER, State.UNCERTAIN]
        )

    def _stop(self, letter: Claimed) -> None:
        """Find out why the letter was stopped, and leave its row as that asks."""
        own = Delivery.objects.filter(pk=letter.delivery_id, claim=self.claim, state=State.CLAIMED)
        if own.exclude(may_go(self.issue)).update(state=State.SKIPPED, why=LEFT, lease_until=None):
            self.run.skipped += 1
        elif not Issue.objects.filter(pk=self.issue.pk, state=Issue.State.SENDING).exists():
            self.stopped = True
            self._give_back()

    def _refused(self, letter: Claimed, error: smtp.Refused) -> None:
        answer = f"{error.code} {error.text}".strip()
        if error.permanent:
            self._end(letter, State.BOUNCED, why=answer)
            self.run.bounced += 1
        else:
            self._put_back(letter, answer)

    def _put_back(self, letter: Claimed, why: str) -> None:
        """Plan the letter again for later, unless it has been tried for about half a day."""
        if letter.attempts >= MOST_ATTEMPTS:
            self._end(letter, State.BOUNCED, why=why)
            self.run.bounced += 1
            return
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

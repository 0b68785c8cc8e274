"""One sender's part of the ledger: what is marked before a letter goes out, and written after, whichever way it ends."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import DatabaseError, InterfaceError, OperationalError, connection, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Now

from newsletters import shown
from newsletters.consent import stands
from newsletters.models import Delivery, Issue, Subscription

State = Delivery.State

# While the other side may still answer. RFC 5321 4.5.3.2.6 lets it take ten minutes after the content.
HANDING_LEASE = timedelta(seconds=660)
FRESH = 0.005  # seconds: how old the answer may be on which a content leaves. Who leaves the list is heard after that.
WAITS = (0.1, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0)  # seconds between tries to write down what was answered
LEFT = "Left, paused, came back, or the consent ended, before the letter went out."
CANCELLED = "The rest of the sending was cancelled."
UNKNOWN_STATEMENT = "26000"  # PostgreSQL: invalid_sql_statement_name


# What letters cost, written out: putting statements together anew each time took longer than the rest of the sending.
# They are planned once for a sender (PREPARE): planned for each letter, that took longer than running them.
#
# MAY asks domain 17 once more, as ``may_go`` does for a whole chunk, and domain 8 and 9: the stories that the letter
# shows, by ``shown.gone``. BEGIN marks several letters in one commit, STILL asks for those marked again before a content
# leaves on an answer older than ``FRESH``: a commit is paid once for them all, and who leaves meanwhile gets no letter.
BEGIN = """
UPDATE newsletters_delivery AS d
SET state = 'handing_over', lease_until = statement_timestamp() + %(lease)s::interval
WHERE d.id = ANY(%(deliveries)s) AND d.claim = %(claim)s AND d.state = 'claimed' AND d.lease_until > statement_timestamp()
"""
STILL = """
SELECT d.id FROM newsletters_delivery AS d
WHERE d.id = ANY(%(deliveries)s) AND d.claim = %(claim)s AND d.state = 'handing_over' AND d.lease_until > statement_timestamp()
"""
MAY = """
  AND EXISTS (SELECT 1 FROM newsletters_issue WHERE id = %(issue)s AND state = 'sending')
  AND EXISTS (
    SELECT 1 FROM newsletters_subscription n JOIN newsletters_subscriber s ON s.id = n.subscriber_id
    WHERE n.newsletter_id = %(newsletter)s AND n.subscriber_id = d.subscriber_id AND n.state = 'active'
      AND s.confirmed_at IS NOT NULL AND s.undeliverable_at IS NULL
      AND (s.paused_until IS NULL OR s.paused_until <= statement_timestamp()))
  AND 'grant' = (
    SELECT act FROM newsletters_consentreceipt r
    WHERE r.purpose_id = %(purpose)s AND r.subscriber_id = d.subscriber_id ORDER BY r.id DESC LIMIT 1)
"""
SENT = """
UPDATE newsletters_delivery SET state = 'sent', why = '', lease_until = NULL, sent_at = statement_timestamp()
WHERE id = ANY(%(answered)s) AND claim = %(claim)s AND state IN ('handing_over', 'uncertain')
"""


@dataclass(frozen=True)
class Claimed:
    """A letter that is ours until the lease ends. ``may``: the consent stood when the chunk was read."""

    delivery_id: int
    subscription_id: int | None
    address: str
    attempts: int
    may: bool


def may_go(issue: Issue) -> Q:
    """The condition of domain 17 on a delivery's subscriber, for asking inside a statement."""
    return Q(
        Exists(
            Subscription.objects.filter(
                Q(subscriber__paused_until=None) | Q(subscriber__paused_until__lte=Now()),
                newsletter=issue.newsletter_id,
                subscriber=OuterRef("subscriber_id"),
                state=Subscription.State.ACTIVE,
                subscriber__confirmed_at__isnull=False,
                subscriber__undeliverable_at=None,
            )
        )
    ) & Q(stands(issue.newsletter.purpose_id, subscriber="subscriber_id"))


class Book:
    """The deliveries of an issue under one claim. An older claim, or one that was taken over, writes nothing.

    ``begun``: marked as being handed over, while no byte of their content has left yet: until then they can be let go.
    """

    def __init__(self, issue: Issue) -> None:
        self.issue = issue
        self.claim = uuid.uuid4()
        self.begun: set[int] = set()
        self._may: set[int] = set()
        self._asked = 0.0
        self._answered: list[int] = []
        gone, values = shown.gone(issue.pk, at=Now()).order_by().values("pk").query.sql_with_params()
        names = [f"gone{number}" for number in range(len(values))]
        may = f"{MAY}  AND NOT EXISTS ({gone % tuple(f'%({name})s' for name in names)})"
        self._statements = {
            "begin": ("bigint[], bigint[]", f"WITH before AS ({SENT}) {BEGIN}{may} RETURNING d.id"),
            "still": ("bigint[]", f"{STILL}{may}"),
        }
        self._prepared_on: object = None
        self._prepared: set[str] = set()
        self._facts: dict[str, Any] = {
            "claim": self.claim,
            "lease": f"{HANDING_LEASE.total_seconds()} seconds",
            "issue": issue.pk,
            "newsletter": issue.newsletter_id,
            "purpose": issue.newsletter.purpose_id,
            **dict(zip(names, values, strict=True)),
        }

    def begin(self, delivery_ids: list[int]) -> None:
        """Commit that the contents of these letters go out now, asking everything once more in that very statement;
        with it, that the letters answered before are sent. Those that may go are in ``begun`` then."""
        self._asked = time.monotonic()
        self._may = self._run("begin", deliveries=delivery_ids, answered=self._answered)
        self._answered.clear()
        self.begun |= self._may

    def go(self, delivery_id: int) -> bool:
        """Ask right before the first byte of the content, which must leave at once where this returns True.

        Returns: False when nothing may be sent: it was not begun, or the answer is another by now.
        """
        if delivery_id not in self.begun:
            return False
        if time.monotonic() - self._asked > FRESH:
            self._asked = time.monotonic()
            self._may = self._run("still", deliveries=list(self.begun))
        if delivery_id not in self._may:
            return False
        self.begun.discard(delivery_id)
        return True

    def sent(self, delivery_id: int) -> None:
        """The server took the letter. Written with the next ``begin``, or by ``write``."""
        self._answered.append(delivery_id)

    def write(self) -> None:
        """Commit what was answered so far. Also where a sweep has called it uncertain meanwhile: now it is known.

        Where PostgreSQL is away this waits for it a while: the answers stand nowhere else.
        """
        waits = iter(WAITS)
        while self._answered:
            try:
                with connection.cursor() as cursor:
                    cursor.execute(SENT, {"answered": self._answered, "claim": self.claim})
            except (OperationalError, InterfaceError):
                wait = next(waits, None)
                if wait is None or connection.in_atomic_block:
                    raise
                connection.close()
                time.sleep(wait)
            else:
                self._answered.clear()

    def _run(self, name: str, **given: list[int]) -> set[int]:
        types, statement = self._statements[name]
        with connection.cursor() as cursor:
            if self._prepared_on is not connection.connection:
                self._prepared_on, self._prepared = connection.connection, set()
            if name not in self._prepared:
                planned = statement
                for number, key in enumerate(given, 1):
                    planned = planned.replace(f"%({key})s", f"${number}")
                cursor.execute(f"PREPARE {self._name(name)} ({types}) AS {planned}", self._facts)
                self._prepared.add(name)
            try:
                places = ", ".join("%s" for _ in given)
                cursor.execute(f"EXECUTE {self._name(name)} ({places})", list(given.values()))
            except DatabaseError as error:
                if getattr(error.__cause__, "pgcode", "") != UNKNOWN_STATEMENT:
                    raise
                # A pooler in between gave us another connection to the server than the one it was prepared on.
                cursor.execute(statement, {**self._facts, **given})
            return {row[0] for row in cursor.fetchall()}

    def _name(self, name: str) -> str:
        return f"{name}_{self.claim.hex}"

    def end(self, delivery_id: int, state: Delivery.State, *, why: str) -> None:
        """Write how it ended, if the letter is still ours: also when a sweep has called it uncertain meanwhile."""
        self._own(delivery_id, State.CLAIMED, State.HANDING_OVER, State.UNCERTAIN).update(
            state=state, why=why[:300], lease_until=None
        )

    def skip_if_they_left(self, delivery_id: int) -> bool:
        rows = self._own(delivery_id, State.CLAIMED, State.HANDING_OVER).exclude(may_go(self.issue))
        return bool(rows.update(state=State.SKIPPED, why=LEFT, lease_until=None))

    def put_back(self, delivery_id: int, *, why: str, wait: timedelta, counted: bool = True) -> None:
        """Plan the letter again for later. Not ``counted``: the try says nothing against the address."""
        change: dict[str, Any] = {"why": why[:300], "not_before": Now() + wait}
        self._plan_again(self._own(delivery_id, State.CLAIMED, State.HANDING_OVER), counted=counted, **change)
        # One that a sweep gave up stays a person's to decide: its issue may be closed by now. But they are told.
        self._own(delivery_id, State.UNCERTAIN).update(why=f"Refused after all, not sent: {why}"[:300])

    def take_back(self, delivery_ids: Iterable[int], *, why: str, wait: timedelta) -> None:
        """Plan letters again that were ended or put back under this claim, as if they had not been tried."""
        ended = [State.BOUNCED, State.SOFT_BOUNCED, State.PLANNED]
        rows = Delivery.objects.filter(pk__in=list(delivery_ids), claim=self.claim, state__in=ended)
        self._plan_again(rows, counted=False, why=why[:300], not_before=Now() + wait)

    def give_back(self) -> None:
        """Let go of what is claimed and untouched, so that nobody waits for our lease to run out."""
        mine = Delivery.objects.filter(issue=self.issue.pk, claim=self.claim)
        untouched = Q(state=State.CLAIMED) | Q(state=State.HANDING_OVER, pk__in=self.begun)
        self._plan_again(mine.filter(untouched), counted=False)
        self.begun.clear()

    def close(self) -> None:
        """Let the server forget the prepared statements. Never raises."""
        if self._prepared_on is not None and self._prepared_on is connection.connection:
            self._prepared_on = None
            for name in self._prepared:
                with suppress(DatabaseError), connection.cursor() as cursor:
                    cursor.execute(f"DEALLOCATE {self._name(name)}")

    def _own(self, delivery_id: int, *states: Delivery.State) -> QuerySet[Delivery]:
        return Delivery.objects.filter(pk=delivery_id, claim=self.claim, state__in=states)

    def _plan_again(self, rows: QuerySet[Delivery], *, counted: bool, **change: Any) -> None:
        """The issue first: planned into a sending that is being cancelled, a letter would wait for ever."""
        with transaction.atomic():
            issue = Issue.objects.select_for_update().get(pk=self.issue.pk)
            if issue.state == Issue.State.SENT:
                rows.update(state=State.SKIPPED, why=CANCELLED, lease_until=None)
                return
            if not counted:
                change["attempts"] = F("attempts") - 1
            rows.update(state=State.PLANNED, lease_until=None, **change)

"""Posting letters: claimed with a lease, marked before the point of no return, never repeated blindly.

A refusal of this address or this letter is the letter's end (or, 4xx, an attempt of it). A server that is away, or does
not take our sign-in or our sender, costs no letter an attempt: they wait, and go when it takes mail again.
"""

from __future__ import annotations

import logging
import random
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone

from newsroom.mail import smtp
from newsroom.mail.message import MailError
from newsroom.mail.models import Letter

log = logging.getLogger(__name__)

LEASE_SECONDS = 90.0  # from the claim to the content: connecting, encrypting, envelope
HANDING_OVER = timedelta(seconds=smtp.CONTENT_SECONDS + 60)  # then the worker that held it is lost for certain
ATTEMPTS = 14  # with the waits below: about a day
FIRST_WAIT = timedelta(seconds=15)
LONGEST_WAIT = timedelta(hours=6)
LONGEST_OUTAGE_WAIT = timedelta(minutes=15)
LONGEST_OUTAGE = timedelta(days=5)  # RFC 5321 4.5.4.1: four to five days, then the letter is given up

State = Letter.State

CLAIM = """
UPDATE mail_letter SET state = 'claimed', claimed_by = %(claim)s, claimed_until = statement_timestamp() + make_interval(secs => %(lease)s),
    attempts = attempts + 1
WHERE id = (
    SELECT id FROM mail_letter
    WHERE (state = 'planned' AND due_at <= statement_timestamp())
       OR (state = 'claimed' AND claimed_until < statement_timestamp())
    ORDER BY due_at, id LIMIT 1 FOR UPDATE SKIP LOCKED
)
RETURNING id, "to", envelope_from, content, attempts, created_at
"""


class _ClaimLost(Exception):
    """Another worker has the letter; nothing of it was sent by this one."""


@dataclass(frozen=True)
class Claim:
    """A letter that is ours until the lease ends."""

    by: uuid.UUID
    letter_id: int
    to: str
    envelope_from: str
    content: bytes
    attempts: int
    created_at: datetime

    def move(self, *seen: str, **change: object) -> bool:
        """Change the letter if it is still ours and stands as seen; say whether it was."""
        rows = Letter.objects.filter(pk=self.letter_id, claimed_by=self.by, state__in=seen)
        return bool(rows.update(**change))


def post(limit: int = 100) -> int:
    """Post up to ``limit`` letters that are due. Return how many the server took.

    Raises:
        MailError: called inside a transaction: the marks would not be committed before the content leaves.
    """
    if connection.in_atomic_block:
        raise MailError("post() commits each step by itself and cannot run inside a transaction.")
    give_up_unknown()
    sent = 0
    server: smtp.Connection | None = None
    try:
        for _ in range(limit):
            claim = _claim()
            if claim is None:
                break
            try:
                if server is None or not server.is_open:
                    server = smtp.connect(settings.MAIL_URL)
                sent += _hand_over(claim, server)
            except smtp.Lost as error:
                _lost(claim, error)
                if server is None or not server.is_open:
                    break  # the server is away: the other letters would only be told the same
            except smtp.Refused as error:
                _refused(claim, error)
                if error.ours:
                    break
    finally:
        if server:
            server.quit()
    return sent


def give_up_unknown() -> int:
    """Mark as uncertain what a lost worker was handing over. Return how many letters."""
    lost = Letter.objects.filter(state=State.HANDING_OVER, claimed_until__lt=Now()).update(
        state=State.UNCERTAIN, answer="The worker was lost while handing over; the server may or may not have it."
    )
    if lost:
        log.error("%s letters are uncertain: a worker was lost while handing them over.", lost)
    return lost


def _claim() -> Claim | None:
    by = uuid.uuid4()
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, {"claim": by, "lease": LEASE_SECONDS})
        row = cursor.fetchone()
    return Claim(by, row[0], row[1], row[2], bytes(row[3]), row[4], row[5]) if row else None


def _hand_over(claim: Claim, server: smtp.Connection) -> bool:
    def mark() -> None:
        # Committed (autocommit) before a byte of content leaves. From here on a loss means: nobody knows.
        if not claim.move(State.CLAIMED, state=State.HANDING_OVER, claimed_until=Now() + HANDING_OVER):
            raise _ClaimLost

    try:
        answer = server.hand_over(claim.envelope_from, claim.to, claim.content, before_content=mark)
    except _ClaimLost:
        return False
    except ValueError as error:
        claim.move(State.CLAIMED, state=State.FAILED, answer=str(error), claimed_until=None)
        return False
    # Also from "uncertain": this worker was given up while it waited, and now it knows after all.
    claim.move(
        State.HANDING_OVER, State.UNCERTAIN,
        state=State.SENT, sent_at=Now(), answer=str(answer), content=b"", claimed_until=None,
    )  # fmt: skip
    return True


def _refused(claim: Claim, error: smtp.Refused) -> None:
    if error.ours:
        log.error("The mail server takes no letter of ours (%s): %s", error.step, error)
        _wait_for_server(claim, str(error))
        return
    if error.permanent or claim.attempts >= ATTEMPTS:
        log.error("Letter %s was refused: %s", claim.letter_id, error)
        change: dict[str, object] = {"state": State.FAILED}
    else:
        change = {"state": State.PLANNED, "due_at": Now() + wait_after(claim.attempts)}
    claim.move(
        State.CLAIMED, State.HANDING_OVER, State.UNCERTAIN,
        answer=str(error)[:2000], claimed_by=None, claimed_until=None, **change,
    )  # fmt: skip


def _lost(claim: Claim, error: smtp.Lost) -> None:
    if error.content_sent:
        log.error("Letter %s is uncertain: %s", claim.letter_id, error)
        claim.move(State.HANDING_OVER, state=State.UNCERTAIN, answer=str(error)[:2000], claimed_until=None)
        return
    log.warning("The mail server is away: %s", error)
    if error.step is smtp.Step.CONNECT:
        _wait_for_server(claim, str(error))
        return
    claim.move(  # in the middle of the envelope: it may be this address at which the server hangs up
        State.CLAIMED,
        state=State.PLANNED if claim.attempts < ATTEMPTS else State.FAILED,
        due_at=Now() + wait_after(claim.attempts), answer=str(error)[:2000], claimed_by=None, claimed_until=None,
    )  # fmt: skip


def _wait_for_server(claim: Claim, answer: str) -> None:
    """Put the letter back without counting the attempt: it was not about this letter."""
    age = timezone.now() - claim.created_at
    claim.move(
        State.CLAIMED, State.HANDING_OVER, State.UNCERTAIN,
        state=State.PLANNED if age < LONGEST_OUTAGE else State.FAILED,
        due_at=Now() + min(max(age / 4, FIRST_WAIT), LONGEST_OUTAGE_WAIT),
        attempts=F("attempts") - 1, answer=answer[:2000], claimed_by=None, claimed_until=None,
    )  # fmt: skip


def wait_after(attempts: int) -> timedelta:
    """Return the time before the next attempt: doubling from 15 s to 6 h, less up to a third."""
    return min(FIRST_WAIT * 2 ** min(attempts - 1, 20), LONGEST_WAIT) * random.uniform(0.67, 1)  # noqa: S311


def tidy(before: datetime) -> int:
    """Empty the content of letters older than ``before`` (aware) that were not sent. Return how many.

    The rows stay: their keys still say that the letter was written once. One that is still uncertain ends here: what
    it said is gone, and there is nothing left to decide.
    """
    old = Letter.objects.filter(state__in=[State.FAILED, State.UNCERTAIN], created_at__lt=before)
    return old.filter(Q(state=State.UNCERTAIN) | ~Q(content=b"")).update(content=b"", state=State.FAILED)

"""Letters of which nobody knows whether they arrived: a person decides, and the decision is written down."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet

from newsletters import shown
from newsletters.events import ISSUE_STARTED
from newsletters.message import host
from newsletters.models import Delivery, Issue
from newsroom.audit import note
from newsroom.outbox import record

ARRIVED, AGAIN = "arrived", "again"


class Late(Exception):
    """Somebody else decided first, or the answer came after all."""


class Refused(Exception):
    """The letter may not go out again. ``message`` says why."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def uncertain(issue: Issue) -> QuerySet[Delivery]:
    """Return the issue's uncertain letters, by name, in the order in which they were claimed."""
    return (
        issue.deliveries.filter(state=Delivery.State.UNCERTAIN)
        .select_related("subscriber")
        .order_by("claimed_at", "pk")
    )


@dataclass(frozen=True)
class Settled:
    """Numbers of letters. open: left for a person."""

    arrived: int = 0
    again: int = 0
    open: int = 0


def by_log(issue_id: int, lines: Iterable[str], *, rest_again: bool, at: datetime) -> Settled:
    """Settle the issue's uncertain letters by the mail server's own log: those whose Message-ID it names have arrived.

    Args:
        lines: of any log that names Message-IDs, from before the sending until after the last letter.
        rest_again: the log is whole, so the others were never taken: they go out again.
    Raises:
        Refused: see ``resolve``.
    """
    named: set[int] = set()
    ours = re.compile(rf"<issue-{issue_id}\.(\d{{1,18}})@{re.escape(host())}>")
    for line in lines:
        named.update(int(number) for number in ours.findall(line))
    arrived = again = open_ones = 0
    for pk in uncertain(Issue.objects.get(pk=issue_id)).values_list("pk", flat=True):
        if pk not in named and not rest_again:
            open_ones += 1
            continue
        try:
            resolve(pk, as_=ARRIVED if pk in named else AGAIN, person=None, at=at)
        except Late:
            continue  # its sender had the answer after all, or somebody decided meanwhile
        arrived, again = (arrived + 1, again) if pk in named else (arrived, again + 1)
    return Settled(arrived, again, open_ones)


def resolve(delivery_id: int, *, as_: str, person: Any, at: datetime) -> None:
    """Count an uncertain letter as sent, or send it again: that person may then have it twice.

    The copy carries the Message-ID of the first, so that mail programs which know it show one.

    Args:
        as_: ``arrived`` or ``again``. person: who says so; None: the mail server's log.
    Raises:
        Late: it is not uncertain any more.
        Refused: readers may not see a story that the letter shows (domain 8 and 9).
        ValueError: neither of the two.
    """
    if as_ not in (ARRIVED, AGAIN):
        raise ValueError(as_)
    rows = Delivery.objects.filter(pk=delivery_id, state=Delivery.State.UNCERTAIN)
    with transaction.atomic():
        issue_id = rows.values_list("issue_id", flat=True).first()
        if issue_id is None:
            raise Late
        # Issue, stories, delivery, as everybody takes them, or two of us could wait for each other.
        Issue.objects.select_for_update().get(pk=issue_id)
        if as_ == ARRIVED:
            changed = rows.update(
                state=Delivery.State.SENT,
                why="Counted as sent by a person." if person else "Counted as sent by the mail server’s log.",
                resolved_by=person,
            )
        else:
            try:
                shown.hold_fast(issue_id, at=at)
            except shown.Gone as error:
                raise Refused(f"{error.message} The letter is not sent again; count it as sent to close it.") from None
            # Without its claim: whoever held it can no longer write, should they wake up.
            changed = rows.update(
                state=Delivery.State.PLANNED, why="", resolved_by=person, claim=None, lease_until=None, not_before=at
            )
        if not changed:
            raise Late
        if as_ == AGAIN:
            Issue.objects.filter(pk=issue_id, state=Issue.State.SENT).update(
                state=Issue.State.SENDING, finished_at=None, version=F("version") + 1
            )
            record(ISSUE_STARTED, issue_id=issue_id)
        note(person, f"newsletters.resolve-{as_}", f"delivery:{delivery_id}", issue=issue_id)

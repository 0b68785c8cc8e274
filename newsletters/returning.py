"""What follows when a letter comes back: rules for an address that is none, that refuses again and again, or that complains.

| it says | what follows |
|---|---|
| no such mailbox (RFC 3463 5.1.1 and its like) | nothing more is sent to that address, at once |
| refused, now or for good, otherwise | the letter counts as bounced; after ``IN_A_ROW`` issues one after the other, as above |
| called spam (ARF) | every consent of that person is withdrawn, at once; no import brings them back |
| nothing that failed | nothing |

Nothing more is sent until somebody at the desk lets it, or the person confirms the address anew.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from newsletters import consent, reports, suppression, tokens
from newsletters.events import SUBSCRIBER_LEFT
from newsletters.models import Delivery, Returned, Subscriber, Subscription, Suppression
from newsletters.reports import Report
from newsroom.audit import note
from newsroom.outbox import record

IN_A_ROW = 3  # issues, each refused, with none that was not between them
COMPLAINED = "called spam to the mail provider"
State = Delivery.State


def take(raw: bytes, *, at: datetime) -> Returned | None:
    """Take a report that came to the address for bounces, once however often it is read. None: it says nothing."""
    digest = hashlib.sha256(raw).hexdigest()
    if Returned.objects.filter(digest=digest).exists():
        return None
    report = reports.read(raw)
    if report.kind is reports.Kind.NOTHING:
        return None
    try:
        with transaction.atomic():
            return _take(report, digest, at=at)
    except IntegrityError:  # another worker read it at this moment
        if Returned.objects.filter(digest=digest).exists():
            return None
        raise


def refused(delivery: Delivery, *, status: str, said: str, at: datetime) -> None:
    """Count a no that a server said to the sender itself, about its reader for certain. The delivery is written already."""
    with transaction.atomic():
        person = Subscriber.objects.select_for_update().get(pk=delivery.subscriber_id)
        _judge(person, reports.kind_of(status), said, at=at)


def write_again(subscriber_id: int, *, person: Any) -> bool:
    """Let letters go out to an address again: somebody at the desk knows better. False when they did already."""
    with transaction.atomic():
        changed = Subscriber.objects.filter(pk=subscriber_id, undeliverable_at__isnull=False).update(
            undeliverable_at=None, undeliverable_why=""
        )
        if changed:
            note(person, "newsletters.write-again", f"subscriber:{subscriber_id}")
    return bool(changed)


def _take(report: Report, digest: str, *, at: datetime) -> Returned:
    delivery = _delivery(report)
    said = {"digest": digest, "status": report.status, "at": at}
    if delivery is None:
        return Returned.objects.create(kind=Returned.Kind.UNKNOWN, **said)
    person = Subscriber.objects.select_for_update().get(pk=delivery.subscriber_id)
    words = report.said if person.normalised else ""  # of somebody who was erased nothing is written down anew
    made = Returned.objects.create(kind=report.kind, subscriber=person, delivery=delivery, said=words, **said)
    if report.kind is reports.Kind.COMPLAINT:
        _complained(person, delivery, at=at)
        return made
    # A report about a letter that we had counted as sent, or did not know of.
    Delivery.objects.filter(pk=delivery.pk, state__in=[State.SENT, State.UNCERTAIN]).update(
        state=State.BOUNCED if report.status.startswith("5") else State.SOFT_BOUNCED,
        why=f"Came back: {report.status} {words}"[:300].strip(),
    )
    _judge(person, report.kind, words, at=at)
    return made


def _delivery(report: Report) -> Delivery | None:
    """Which letter it is about. The key in the address is sealed, so nobody can name a letter that they did not get."""
    named = tokens.read_leave_token(report.token) if report.token else None
    if named is None:
        return None
    subscriber = Subscription.objects.filter(pk=named.subscription_id).values("subscriber")[:1]
    return Delivery.objects.filter(issue=named.issue_id, subscriber=subscriber).first()


def _judge(person: Subscriber, kind: reports.Kind, said: str, *, at: datetime) -> None:
    if person.undeliverable_at is not None or person.normalised is None:
        return
    if kind is reports.Kind.REFUSED and not _refused_in_a_row(person):
        return
    why = said or ("There is no such mailbox." if kind is reports.Kind.NOBODY else "")
    if kind is reports.Kind.REFUSED:
        why = f"{IN_A_ROW} letters one after the other were refused. {why}"
    Subscriber.objects.filter(pk=person.pk).update(undeliverable_at=at, undeliverable_why=why[:300].strip())


def _refused_in_a_row(person: Subscriber) -> bool:
    ended = [State.SENT, State.BOUNCED, State.SOFT_BOUNCED]
    since = person.confirmed_at  # an address that was confirmed anew begins anew
    rows = Delivery.objects.filter(subscriber=person, state__in=ended)
    if since is not None:
        rows = rows.filter(claimed_at__gte=since)
    newest = list(rows.order_by("-id").values_list("state", flat=True)[:IN_A_ROW])
    return len(newest) == IN_A_ROW and State.SENT not in newest


def _complained(person: Subscriber, delivery: Delivery, *, at: datetime) -> None:
    rows = Subscription.objects.filter(subscriber=person, state=Subscription.State.ACTIVE)
    for pk in list(rows.values_list("pk", flat=True)):
        record(SUBSCRIBER_LEFT, subscription_id=pk)
    rows.update(state=Subscription.State.LEFT, left_at=at, left_by=COMPLAINED, left_issue=delivery.issue_id)
    if person.normalised is not None:
        suppression.suppress(person.normalised, why=Suppression.Why.COMPLAINED, at=at)
    for receipt in consent.standing(person):
        consent.withdraw(
            person, receipt.purpose, at=at, page_path="", form=f"letter:{delivery.issue_id}", how=COMPLAINED
        )

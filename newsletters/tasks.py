"""Doorbells: each task is one call with an id, and may be rung again."""

from __future__ import annotations

import logging
from typing import Any

from celery import shared_task
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from newsletters import alarms, chain, delivery, importing, mailbox, retention, signup

log = logging.getLogger(__name__)


@shared_task(name="newsletters.sweep")
def sweep() -> None:
    """Find in PostgreSQL what is still to do. The broker may have lost every message: this finds the work again."""
    work = delivery.sweep()
    for issue_id in work.to_plan:
        ring(plan, issue_id)
    for issue_id in work.to_send:
        # Two senders an issue: enough for the line of one machine. More machines, more beats of the sweep, more senders.
        ring(deliver, issue_id)
        ring(deliver, issue_id)


@shared_task(name="newsletters.plan")
def plan(issue_id: int) -> None:
    if delivery.plan(issue_id):
        ring(deliver, issue_id)
        ring(deliver, issue_id)


@shared_task(name="newsletters.deliver")
def deliver(issue_id: int) -> None:
    if delivery.deliver(issue_id).more:
        ring(deliver, issue_id)


@shared_task(name="newsletters.retention")
def keep_no_longer() -> None:
    """Erase what is due by the clocks of the purposes."""
    retention.run(at=timezone.now())


@shared_task(name="newsletters.receipts")
def look_at_receipts() -> None:
    """Walk along the chain of receipts."""
    at = timezone.now()
    found = chain.check(at=at)
    if found.broken:
        with transaction.atomic():
            alarms.broken(found, at=at)


@shared_task(name="newsletters.returned")
def read_returned() -> None:
    """Empty the mailbox for bounces, where there is one."""
    if not settings.MAIL_BOUNCE_BOX:
        return
    at = timezone.now()
    try:
        mailbox.empty(settings.MAIL_BOUNCE_BOX, at=at)
    except mailbox.Away as error:
        log.error("The mailbox for bounces cannot be read: %s", error)
        with transaction.atomic():
            alarms.mailbox_away(said=str(error), at=at)


@shared_task(name="newsletters.queued")
def answer_queued() -> None:
    """Answer the sign-ups that came while Redis was away."""
    signup.release(at=timezone.now())


@shared_task(name="newsletters.imports")
def sweep_imports() -> None:
    for import_id in importing.unfinished():
        ring(take_in, import_id)


@shared_task(name="newsletters.take-in")
def take_in(import_id: int) -> None:
    if importing.take_in(import_id, at=timezone.now()):
        ring(take_in, import_id)


def ring(task: Any, pk: int) -> None:
    """Wake a worker. A bell that nobody hears in time expires: the next sweep rings again while there is work."""
    task.apply_async((pk,), expires=15, retry=False, ignore_result=True)

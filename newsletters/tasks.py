"""Doorbells: each task is one call with an id, and may be rung again."""

from __future__ import annotations

from typing import Any

from celery import shared_task
from django.utils import timezone

from newsletters import delivery, signup


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


@shared_task(name="newsletters.forget")
def forget() -> None:
    signup.forget_unconfirmed(at=timezone.now())


def ring(task: Any, issue_id: int) -> None:
    """Wake a worker. A bell that nobody hears in time expires: the next sweep rings again while there is work."""
    task.apply_async((issue_id,), expires=15, retry=False, ignore_result=True)

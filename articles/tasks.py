"""The story desk's doorbells and sweeps."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from articles import complaints, due, live_time, rechecking, retention


@shared_task(name="articles.schedule")
def schedule() -> None:
    due.sweep()


@shared_task(name="articles.live")
def live() -> None:
    """End the live stories whose time is over."""
    live_time.sweep()


@shared_task(name="articles.complaints")
def look_after_complaints() -> None:
    """Erase addresses whose time is over, and tell of what is soon due."""
    at = timezone.now()
    complaints.forget(at)
    complaints.remind(at)


@shared_task(name="articles.recheck")
def recheck() -> None:
    rechecking.sweep_alone()


@shared_task(name="articles.retention")
def keep_no_longer() -> None:
    """Remove the pages that readers saw years ago and nobody can ask for any more."""
    retention.sweep(timezone.now())

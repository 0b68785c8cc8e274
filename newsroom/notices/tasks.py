"""The sweeps: letters that are due, and notices that nobody needs any more."""

from __future__ import annotations

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from newsroom.notices import letters

KEPT = timedelta(days=180)


@shared_task(name="newsroom.notices.post")
def post() -> None:
    letters.post(timezone.now())


@shared_task(name="newsroom.notices.tidy")
def tidy() -> None:
    letters.tidy(timezone.now() - KEPT)

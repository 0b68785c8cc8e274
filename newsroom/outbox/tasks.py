"""The relay's doorbell, and the tidying of what is long done."""

from __future__ import annotations

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from newsroom.outbox import relaying

KEPT = timedelta(days=30)


@shared_task(name="newsroom.outbox.relay")
def relay() -> None:
    relaying.relay()


@shared_task(name="newsroom.outbox.tidy")
def tidy() -> None:
    relaying.tidy(timezone.now() - KEPT)

"""The relay's doorbell."""

from __future__ import annotations

from celery import shared_task

from newsroom.outbox import relaying


@shared_task(name="newsroom.outbox.relay")
def relay() -> None:
    relaying.relay()

"""The story desk's doorbells."""

from __future__ import annotations

from celery import shared_task

from articles import due


@shared_task(name="articles.schedule")
def schedule() -> None:
    due.sweep()

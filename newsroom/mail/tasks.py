"""The letters' doorbell."""

from __future__ import annotations

from celery import shared_task

from newsroom.mail import posting


@shared_task(name="newsroom.mail.post")
def post() -> None:
    posting.post()

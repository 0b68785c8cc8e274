"""The letters' doorbell, and the forgetting of words that nobody needs any more."""

from __future__ import annotations

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from newsroom.mail import posting

KEPT = timedelta(days=30)


@shared_task(name="newsroom.mail.post")
def post() -> None:
    posting.post()


@shared_task(name="newsroom.mail.tidy")
def tidy() -> None:
    posting.tidy(timezone.now() - KEPT)

"""Doorbells: the ledger is the assets' own ``files_due_at``."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from media_assets import feeds, making, storage


@shared_task(name="media_assets.render")
def render() -> None:
    making.make_due(at=timezone.now())


@shared_task(name="media_assets.feeds")
def watch() -> None:
    """Take in what lies in the agencies' folders; the folders are the ledger."""
    feeds.sweep(at=timezone.now())


@shared_task(name="media_assets.tidy")
def tidy() -> None:
    """Clear away uploads that broke off."""
    storage.tidy()

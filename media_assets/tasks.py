"""Doorbells: the ledger is the assets' own ``files_due_at``."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from media_assets import ending, feeds, getty_changes, getty_usage, looking_back, making, storage


@shared_task(name="media_assets.render")
def render() -> None:
    making.make_due(at=timezone.now())
    if making.renew(at=timezone.now()):
        making.make_due(at=timezone.now())


@shared_task(name="media_assets.feeds")
def watch() -> None:
    """Take in what lies in the agencies' folders; the folders are the ledger."""
    feeds.sweep(at=timezone.now())


@shared_task(name="media_assets.likenesses")
def look_back() -> None:
    """Find the twins among pictures that came in before their likeness was asked."""
    looking_back.look(at=timezone.now())


@shared_task(name="media_assets.tidy")
def tidy() -> None:
    """Clear away uploads that broke off."""
    storage.tidy()


@shared_task(name="media_assets.ending")
def warn_of_ends() -> None:
    """Tell people of rights that end soon."""
    ending.warn(at=timezone.now())


@shared_task(name="media_assets.getty-changes")
def hear_getty() -> None:
    """Hear which pictures Getty Images took back."""
    getty_changes.hear(at=timezone.now())


@shared_task(name="media_assets.getty-usage")
def gather_uses() -> None:
    """Put uses that were not reported yet into a batch."""
    getty_usage.gather(at=timezone.now())

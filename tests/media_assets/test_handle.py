"""From the event to the page: nothing is lost when the broker is emptied, and expiry needs nobody's hand."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import redis
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from media_assets import making, renditions, rights, storage
from media_assets.models import Asset
from newsroom.outbox import relay
from newsroom.outbox.models import Effect
from tests.factories import media_assets as make

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def purged(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, bool]]:
    from media_assets import handlers

    calls: list[tuple[str, bool]] = []
    monkeypatch.setattr(handlers, "purge", lambda *tags, gone=False: calls.extend((tag, gone) for tag in tags))
    return calls


def test_a_new_picture_is_made_although_every_message_was_lost(purged: list[tuple[str, bool]]) -> None:
    asset = make.asset(made=False, at=timezone.now())
    relay()
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        client.flushdb()
    assert making.make_due(at=timezone.now()) == 6
    relay()
    assert (f"asset:{asset.pk}", False) in purged
    assert not Effect.objects.filter(done_at=None).exists()


def test_the_task_of_the_doorbell_exists() -> None:
    from media_assets.handlers import RENDER
    from newsroom.celery import app

    app.loader.import_default_modules()
    assert RENDER in app.tasks


def test_the_end_of_a_right_takes_the_picture_off_by_itself(purged: list[tuple[str, bool]]) -> None:
    """Promise 13: expiry takes it off pages already published."""
    now = timezone.now()
    asset = make.asset(at=now, ends_at=now + timedelta(seconds=2))
    relay()
    purged.clear()
    place = storage.public(asset.digest, 320, "jpg")
    assert place.exists()
    assert relay() == 0  # nothing is due yet
    # The moment comes: the effects of the end are due.
    Effect.objects.filter(done_at=None).update(due_at=now)
    Asset.objects.get(pk=asset.pk).rights.update(ends_at=now)
    relay()
    assert (f"asset:{asset.pk}", True) in purged
    assert not place.exists()


def test_a_rolled_back_change_tells_nobody(purged: list[tuple[str, bool]]) -> None:
    asset = make.asset(at=timezone.now())
    relay()
    purged.clear()
    with transaction.atomic():
        rights.add(asset, person=asset.added_by, allowed=False, note="Sued", at=timezone.now())
        transaction.set_rollback(True)
    relay()
    assert purged == []
    assert renditions.picture(Asset.objects.get(pk=asset.pk)).ready


def test_handlers_bear_a_picture_that_is_gone(purged: list[tuple[str, bool]]) -> None:
    from media_assets.events import ASSET_CHANGED
    from newsroom.outbox import record

    with transaction.atomic():
        record(ASSET_CHANGED, asset_id=999_999)
    relay()
    assert purged == [("asset:999999", True)]
    assert not Effect.objects.filter(done_at=None).exists()


def test_purging_reaches_the_page_cache(settings: Any) -> None:
    """With the real purge: the tag of the picture is one that the page cache knows."""
    asset = make.asset(at=timezone.now())
    relay()
    assert not Effect.objects.filter(
        done_at=None, handler="media_assets.purge", event__payload__asset_id=asset.pk
    ).exists()

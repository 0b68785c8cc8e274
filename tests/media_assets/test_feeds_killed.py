"""Whoever takes an agency's files in is killed with -9 again and again: each file is in the library once, and none is lost."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.conf import settings as configured
from django.db import connection
from django.utils import timezone

from media_assets import feeds, storage
from media_assets.models import Asset, FeedFile
from newsroom.outbox.models import Event
from tests.factories import media_assets as make

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).resolve().parents[2]
LOOK = """
import django; django.setup()
from datetime import timedelta
from django.utils import timezone
from media_assets import feeds
feeds.sweep(at=timezone.now() + timedelta(minutes=1))
"""
FILES, KILLED = 24, 2


def looking(folder: Path) -> subprocess.Popen[bytes]:
    parts = urlsplit(os.environ["DATABASE_URL"])
    database = urlunsplit(parts._replace(path=f"/{connection.settings_dict['NAME']}"))
    places = {
        "DJANGO_SETTINGS_MODULE": "newsroom.settings",
        "DATABASE_URL": database,
        "REDIS_URL": configured.REDIS_URL,
        "PRIVATE_ROOT": str(configured.PRIVATE_ROOT),
        "MEDIA_ROOT": str(configured.MEDIA_ROOT),
        "STATIC_ROOT": str(configured.STATIC_ROOT),
        "NEWSROOM_HOME": str(configured.HOME),
        "PICTURE_FEEDS_ROOT": str(folder.parent),
    }
    return subprocess.Popen(
        [sys.executable, "-c", LOOK], cwd=ROOT, env={**os.environ, **places}, start_new_session=True
    )


def came(least: int) -> None:
    until = time.monotonic() + float(os.environ.get("PATIENCE") or 90)
    while Asset.objects.count() < least:
        assert time.monotonic() < until, "nothing came in"
        time.sleep(0.002)


def test_each_file_comes_in_once_however_often_who_takes_it_is_killed(tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT, settings.PRIVATE_ROOT = tmp_path / "public", tmp_path / "private"
    settings.STATIC_ROOT = tmp_path / "static"
    settings.PICTURE_FEEDS_ROOT = tmp_path / "feeds"
    folder = tmp_path / "feeds" / "getty-images"
    folder.mkdir(parents=True)
    make.agency()
    laid = {}
    for number in range(FILES):
        data = make.picture_bytes(240, 160)
        laid[hashlib.sha256(data).hexdigest()] = data
        (folder / f"{number:02}.jpg").write_bytes(data)
    assert feeds.sweep(at=timezone.now()) == 0, "it waits until they have not changed for a while"
    for turn in range(KILLED):
        process = looking(folder)
        try:
            came(Asset.objects.count() + 1 + turn)
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    between = Asset.objects.count()
    assert KILLED <= between < FILES, "it was killed in the middle"
    for later in (2, 3):
        feeds.sweep(at=timezone.now() + timedelta(minutes=later))
    assert set(Asset.objects.values_list("sha256", flat=True)) == set(laid)
    assert Asset.objects.count() == FILES
    assert Event.objects.filter(kind="asset.added").count() == FILES
    assert set(FeedFile.objects.values_list("state", flat=True)) == {FeedFile.State.TAKEN}
    assert sorted(path.name for path in folder.iterdir()) == ["taken"]
    assert len([path for path in (folder / "taken").iterdir() if path.suffix == ".jpg"]) == FILES
    for sha256, data in laid.items():
        assert storage.original(sha256, "JPEG").read_bytes() == data
    storage.tidy(older_than=-1)
    kept = {path.stem for path in settings.PRIVATE_ROOT.rglob("*") if path.is_file()}
    assert kept == set(laid), "and nothing is half kept"

"""Two thousand real files at once, through an agency's watched folder and through the upload of the desk: how many a minute,
and whether anything is half kept. Of a hundred, one is no picture and one is there twice.

    python -m tests.benchmarks.many

``FILES`` sets how many. Every file is verified in the process apart, hashed, compared with all others and stored; the files
that readers get are a worker's and are not counted here.
"""

from __future__ import annotations

import io
import os
import random
import resource
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

from PIL import Image

from tests.benchmarks.scale import database

FILES = int(os.environ.get("FILES") or 2000)
NAME = "bench_many"


def picture(seed: int) -> bytes:
    """A small JPEG that looks like no other: soft spots of colour where chance puts them."""
    spots = Image.frombytes("RGB", (12, 9), random.Random(seed).randbytes(12 * 9 * 3))
    out = io.BytesIO()
    spots.resize((640, 400), Image.Resampling.BICUBIC).save(out, "JPEG", quality=85)
    return out.getvalue()


def lay(folder: Path, seeds: range) -> tuple[int, int, int]:
    """Write the files; return how many are good, bad and there twice."""
    folder.mkdir(parents=True)
    bad = twice = 0
    last = b""
    for number in seeds:
        part, place = number % 100, folder / f"IMG_{number:05}.jpg"
        if part == 50:
            place.write_bytes(b"no picture")
            bad += 1
            continue
        if part == 51:
            place.write_bytes(last)
            twice += 1
            continue
        last = picture(number)
        place.write_bytes(last)
    return len(seeds) - bad - twice, bad, twice


def by_feed(folder: Path) -> None:
    from django.utils import timezone

    from media_assets import feeds

    at = timezone.now()
    feeds.sweep(at=at)
    while any(feeds.lying(folder.name)):
        at += timedelta(seconds=11)
        feeds.sweep(at=at)


def by_upload(folder: Path) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile
    from django.test import Client

    from tests.factories.accounts import person

    client = Client()
    client.force_login(person("picture_editor"))
    for path in sorted(folder.iterdir()):
        sent = {"files": SimpleUploadedFile(path.name, path.read_bytes())}
        answer = client.post("/desk/pictures/upload/", sent, headers={"Accept": "application/json"})
        assert answer.status_code == 200, answer.content


def whole(came: int) -> None:
    """Nothing half kept: a row for each original and an original for each row, and nothing left on the way in."""
    from django.conf import settings

    from media_assets.models import Asset, Likeness

    private = settings.PRIVATE_ROOT
    originals = {path.stem for path in (private / "originals").rglob("*.jpg")}
    assert Asset.objects.count() == came == Likeness.objects.count(), (Asset.objects.count(), came)
    assert originals == set(Asset.objects.values_list("sha256", flat=True))
    assert len(list((private / "previews").rglob("*.webp"))) == came
    assert not list((private / "incoming").iterdir())


def main() -> None:
    with ExitStack() as held:
        if not (os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL")):
            from newsroom import embedded
            from newsroom.env import home

            servers = held.enter_context(embedded.running(home() / "bench"))
            os.environ["DATABASE_URL"], os.environ["REDIS_URL"] = servers.database_url, servers.redis_url
        os.environ["DJANGO_SETTINGS_MODULE"] = "newsroom.settings"
        import django

        django.setup()
        from django.conf import settings
        from django.db import connections
        from django.test.utils import setup_test_environment

        connections.settings["default"]["IDLE"] = 0
        setup_test_environment()
        place = Path(held.enter_context(tempfile.TemporaryDirectory()))
        settings.PRIVATE_ROOT, settings.MEDIA_ROOT = place / "private", place / "media"
        settings.PICTURE_FEEDS_ROOT, settings.STATIC_ROOT = place / "feeds", place / "static"
        settings.STATIC_ROOT.mkdir()
        settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
        held.enter_context(database(NAME))
        from tests.factories.media_assets import agency

        agency()
        came = 0
        roads: dict[str, tuple[Callable[[Path], None], Path]] = {
            "feed": (by_feed, place / "feeds" / "getty-images"),
            "upload": (by_upload, place / "upload"),
        }
        for number, (road, (bring, folder)) in enumerate(roads.items()):
            good, bad, twice = lay(folder, range(number * FILES, (number + 1) * FILES))
            began = time.monotonic()
            bring(folder)
            took = time.monotonic() - began
            came += good
            whole(came)
            print(f"{FILES:,} files by {road}: {good:,} taken in, {bad} no pictures, {twice} there twice, {took:.0f} s")
            print(f"figure: {road}_files_a_minute = {FILES * 60 / took:.0f} files")
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(f"figure: many_files_memory = {peak} MB at most")


if __name__ == "__main__":
    main()

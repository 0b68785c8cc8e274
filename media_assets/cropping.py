"""Making a crop when it is first asked for, once, however many ask."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Callable
from datetime import datetime

from django.db import connection, transaction

from media_assets import crops, making, pixels, renditions, storage
from media_assets.models import Asset, Rendition

log = logging.getLogger(__name__)

Format = Rendition.Format
_ENCODERS = {Format.AVIF: pixels.avif, Format.WEBP: pixels.webp, Format.JPEG: pixels.jpeg}
_ADDRESS = re.compile(
    r"(?P<digest>[0-9a-f]{32})/(?P<part>[a-z0-9-]+)/(?P<width>\d{1,5})\.(?P<kind>avif|webp|jpg)", re.ASCII
)
# Of all the threads that answer readers one at a time unpacks an original: memory and processor stay theirs.
_one = threading.Semaphore(1)


def make(asset: Asset, shape: crops.Shape, width: int, kind: str, *, clock: Callable[[], datetime]) -> bool:
    """Have the file of one crop, or say that somebody else is at it, here or in another process. Never waits for them.

    Args:
        clock: asked again when the file is written: a right may have ended meanwhile.

    Raises:
        FileNotFoundError: the original is lost.
        storage.Away: the store does not answer.
    """
    part = crops.part(asset, shape)
    place = storage.crop(asset.digest, part, width, kind)
    if not _one.acquire(blocking=False):
        return False
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))",
                [f"crop:{asset.digest}/{part}/{width}.{kind}"],
            )
            if not cursor.fetchone()[0]:
                return False
            if place.exists():
                return True
            storage.write(place, encoded(asset, shape, width, kind))
        # Who closes a picture first says so and then clears its folder: either they find this file, or we find them.
        now = Asset.objects.filter(pk=asset.pk, digest=asset.digest).first()
        if now is None or crops.part(now, shape) != part or not making.shown(now, clock()):
            storage.remove(place)
            return False
        return True
    finally:
        _one.release()


def have(path: str, *, clock: Callable[[], datetime]) -> bool:
    """Have the file at a crop's address, for who keeps what a page shows although no reader has asked for it yet. False: it is
    no crop's address of today, or the file cannot be made now."""
    found = _ADDRESS.fullmatch(path.removeprefix(renditions.root()))
    if found is None:
        return False
    digest, part, width, kind = found["digest"], found["part"], int(found["width"]), found["kind"]
    shape = crops.SHAPES.get(part.partition("-")[0])
    asset = Asset.objects.filter(digest=digest).first()
    if asset is None or shape is None or part != crops.part(asset, shape) or width not in crops.widths(asset, shape):
        return False
    if not making.shown(asset, clock()):
        return False
    try:
        return make(asset, shape, width, kind, clock=clock)
    except OSError:
        log.exception("A crop of asset %s could not be made.", asset.pk)
        return False


def encoded(asset: Asset, shape: crops.Shape, width: int, kind: str) -> bytes:
    """One crop as a finished file, the credit inside."""
    with storage.original(asset.sha256, asset.original_format).opened() as original:
        picture = pixels.cut(original, crops.box(asset, shape), width)
    data = _ENCODERS[Format(kind)](picture)
    return making.stamped(data, kind, renditions.credit_of(asset), width=picture.width, height=picture.height)

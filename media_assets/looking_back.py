"""What the pictures look like that came in before anybody asked: a few at a time, until there are none left."""

from __future__ import annotations

import io
import logging
import time
from datetime import datetime

from django.db import transaction
from PIL import Image

from media_assets import likeness, making, storage
from media_assets.models import Asset

log = logging.getLogger(__name__)
AT_ONCE = 100
SECONDS = 40.0  # and then the next time


def look(*, at: datetime, seconds: float = SECONDS) -> int:
    """Look at pictures of which nobody knows what they look like, the newest first, and write their twins down; return how
    many. What was looked at is kept picture by picture, so it may end at any moment and goes on from there.

    Raises:
        storage.Away: the store of pictures does not answer.
    """
    began, done = time.monotonic(), 0
    while time.monotonic() - began < seconds:
        waiting = list(Asset.objects.filter(likeness=None).order_by("-pk")[:AT_ONCE])
        for asset in waiting:
            with transaction.atomic():
                likeness.keep(asset.pk, _hashes(asset))
                likeness.look(asset.pk, at=at)
            done += 1
            if time.monotonic() - began >= seconds:
                break
        if len(waiting) < AT_ONCE:
            break
    return done


def _hashes(asset: Asset) -> list[int]:
    try:
        with Image.open(io.BytesIO(making.preview(asset)), formats=("WEBP",)) as small:
            return likeness.hashes_of(small)
    except storage.Away:
        raise
    except Exception:  # a lost or broken file is no reason to look at no other
        log.exception("Asset %s could not be looked at.", asset.pk)
        return []

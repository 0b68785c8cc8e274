"""A picture taken in and made, and its files: for the tests of what readers get."""

from __future__ import annotations

import io
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from media_assets import ingest, making, renditions, storage
from media_assets.models import Asset
from tests.factories import media_assets as make
from tests.factories.accounts import person

NOW = make.AT


def taken(data: bytes, name: str = "a.jpg", **facts: Any) -> Asset:
    asset = ingest.ingest(
        SimpleUploadedFile(name, data),
        person=person("picture_editor"),
        credit=facts.pop("credit", "Getty Images"),
        alternative_text="A castle",
        at=NOW,
        **facts,
    )
    making.make(asset.pk, at=NOW)
    return Asset.objects.get(pk=asset.pk)


def files(asset: Asset) -> dict[str, bytes]:
    return {
        f"{row.width}.{row.format}": storage.public(row.digest, row.width, row.format).read_bytes()
        for row in renditions.current(asset)
    }


def opened(asset: Asset, name: str) -> Image.Image:
    picture = Image.open(io.BytesIO(files(asset)[name]))
    picture.load()
    return picture

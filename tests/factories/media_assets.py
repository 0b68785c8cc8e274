"""Pictures for tests: small, real, drawn here, and stored through the one way in."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any
from unittest.mock import patch

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw

from media_assets import faces, ingest, making, pixels, placements, standing
from media_assets.models import Agency, Asset, ImagePlacement
from newsroom.accounts.models import Person
from tests.factories.accounts import person as somebody

AT = datetime(2025, 9, 11, 8, 0, tzinfo=UTC)
_number: Iterator[int] = count(1)


def drawing(width: int = 640, height: int = 400, *, mode: str = "RGB", seed: int | None = None) -> Image.Image:
    """Draw a landscape that no other call draws: every picture has its own hash."""
    number = next(_number) if seed is None else seed
    picture = Image.new("RGB", (width, height), (200 + number % 40, 214, 232))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, height * 2 // 3, width, height), fill=(70, 110 + number // 40 % 60, 80))
    draw.ellipse((width // 8, height // 8, width // 8 + width // 6, height // 8 + width // 6), fill=(240, 200, 120))
    draw.polygon(
        [(width // 2, height // 4), (width // 3, height * 2 // 3), (width * 2 // 3, height * 2 // 3)],
        fill=(90, 84, 110),
    )
    for bit in range(24):  # the number itself, as stripes that survive JPEG
        if number >> bit & 1:
            draw.rectangle(
                (bit * width // 24, height - height // 12, (bit + 1) * width // 24 - 1, height), fill=(20, 20, 30)
            )
    return picture if mode == "RGB" else picture.convert(mode)


def picture_bytes(width: int = 640, height: int = 400, *, file_format: str = "JPEG", **options: Any) -> bytes:
    """Return an encoded drawing."""
    seed = options.pop("seed", None)
    mode = options.pop("mode", "RGB")
    out = io.BytesIO()
    drawing(width, height, mode=mode, seed=seed).save(out, file_format, **options)
    return out.getvalue()


def upload(data: bytes | None = None, name: str = "picture.jpg") -> SimpleUploadedFile:
    """What a form would bring."""
    return SimpleUploadedFile(name, picture_bytes() if data is None else data)


def agency(name: str = "Getty Images", credit: str = "") -> Agency:
    return Agency.objects.get_or_create(name=name, defaults={"credit": credit or name})[0]


Encoded = dict[str, bytes]
_encoded: dict[tuple[tuple[int, int], tuple[int, ...]], list[tuple[int, int, Encoded]]] = {}


@contextmanager
def encoded_once() -> Iterator[None]:
    """Have what is made of an original be what was made of the first one of its size; stamped and stored it is as ever."""
    cascade, webp, jpeg, avif = pixels.cascade, pixels.webp, pixels.jpeg, pixels.avif

    def kept(path: Path, widths: Sequence[int]) -> list[tuple[int, int, Encoded]]:
        with pixels.opened(path) as original:
            key = pixels.upright_size(original), tuple(widths)
        if key not in _encoded:
            _encoded[key] = [
                (width, height, {"webp": webp(picture), "jpeg": jpeg(picture), "avif": avif(picture)})
                for width, height, picture in cascade(path, widths)
            ]
        return _encoded[key]

    with (
        patch.object(pixels, "cascade", kept),
        patch.object(pixels, "webp", lambda picture: picture["webp"]),
        patch.object(pixels, "jpeg", lambda picture: picture["jpeg"]),
        patch.object(pixels, "avif", lambda picture: picture["avif"]),
        patch.object(faces, "installed", lambda: False),
    ):
        yield


def asset(
    *, made: bool = True, size: tuple[int, int] = (640, 400), person: Person | None = None, **facts: Any
) -> Asset:
    """Take in a picture, usable everywhere, with its renditions made (``made=False``: not yet).

    A drawing of ours has the pixels of the first of its size in what is made of it, because encoding takes longer than the
    rest of most tests; what is made of ``data`` is its own.

    ``facts``: credit, alternative_text, caption, creator, copyright_notice, agency, ends_at, at, name, data, category.
    """
    at = facts.pop("at", AT)
    name = facts.pop("name", f"castle-{next(_number)}.jpg")
    data, kind = facts.pop("data", None), facts.pop("category", "staff")
    stored = ingest.ingest(
        upload(data if data is not None else picture_bytes(*size), name),
        person=person or somebody("picture_editor"),
        credit=facts.pop("credit", "Getty Images"),
        alternative_text=facts.pop("alternative_text", "A castle on a hill under a morning sun"),
        caption=facts.pop("caption", "The castle opens its gates in September."),
        at=at,
        **facts,
    )
    # A kind that asks for nothing, so that nobody is warned of its having none.
    Asset.objects.filter(pk=stored.pk).update(category=kind)
    if made and data is not None:
        making.make(stored.pk, at=at)
    elif made:
        with encoded_once():
            making.make(stored.pk, at=at)
    standing.settle([stored.pk], at=at)  # as the event of each change does
    return Asset.objects.get(pk=stored.pk)


def received(*, person: Person | None = None, **facts: Any) -> Asset:
    """A picture that came in without credit and alternative text."""
    return ingest.receive(
        upload(facts.get("data"), facts.get("name", f"upload-{next(_number)}.jpg")),
        person=person or somebody("reporter"),
        at=facts.get("at", AT),
    )


def image_placement(of: Asset | None = None, *, person: Person | None = None, **said: Any) -> ImagePlacement:
    """Put a picture (a new one unless given) into a story, with that story's caption and alternative text."""
    return placements.place(
        of or asset(),
        caption=said.get("caption", "Visitors wait at the gate."),
        alternative_text=said.get("alternative_text", "A castle on a hill, people waiting at its gate"),
        person=person or somebody("reporter"),
    )

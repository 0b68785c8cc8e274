"""From an original's pixels to what readers and the desk get. Pillow only; no database, no metadata."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO

from PIL import Image, ImageCms

PLACEHOLDER = 20  # pixels wide
PREVIEW = 640  # pixels wide: the desk's own small picture
FORMATS = ("JPEG", "PNG", "WEBP", "AVIF", "TIFF")
File = Path | IO[bytes]
_ORIENTATION = 0x0112
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
Box = Callable[[int, int, tuple[int, int]], tuple[int, int, int, int]]
_SRGB = ImageCms.createProfile("sRGB")


def opened(path: File) -> Image.Image:
    """Open an original with the allowed decoders only; nothing is decoded yet."""
    return Image.open(path, formats=FORMATS)


def upright_size(picture: Image.Image) -> tuple[int, int]:
    """Return width and height in pixels as people see the picture, without decoding it."""
    width, height = picture.size
    return (height, width) if _lies_on_its_side(picture) else (width, height)


def _lies_on_its_side(picture: Image.Image) -> bool:
    # Of a TIFF Pillow gives the size the right way up already, and turns the pixels itself when it loads them.
    return picture.format != "TIFF" and picture.getexif().get(_ORIENTATION) in (5, 6, 7, 8)


def ready(picture: Image.Image, *, width: int) -> Image.Image:
    """Decode to 8-bit sRGB on white, the right way up, at least ``width`` pixels wide where the original is.

    A JPEG is decoded at a half, quarter or eighth when that still suffices, which is most of the speed.
    """
    full_width, full_height = upright_size(picture)
    if width < full_width:
        wanted = (width, max(1, -(-full_height * width // full_width)))
        picture.draft(None, wanted[::-1] if _lies_on_its_side(picture) else wanted)
    picture.load()
    profile = picture.info.get("icc_profile")
    # Read after load(): Pillow turns a TIFF by itself and then forgets the tag.
    turn = _TURNS.get(picture.getexif().get(_ORIENTATION, 1))
    whole: Image.Image = picture
    # Whole steps before colours are converted: a 24 megapixel PNG for a small preview is mostly thrown away.
    if picture.mode in ("RGB", "RGBA", "L", "LA", "CMYK") and (factor := min(picture.size) // (2 * max(width, 1))) > 1:
        whole = picture.reduce(factor)
    return _srgb(whole.transpose(turn) if turn is not None else whole, profile)


def shrunk(picture: Image.Image, width: int) -> Image.Image:
    """Return the picture at most ``width`` pixels wide."""
    if picture.width <= width:
        return picture
    height = max(1, round(picture.height * width / picture.width))
    return picture.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3.0)


def _srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    if picture.mode.startswith("I;16") or picture.mode in ("I", "F"):
        # 16-bit grey: Pillow's own convert() would cut everything above 255 to white.
        __, highest = (float(edge) for edge in picture.getextrema())  # type: ignore[arg-type]
        scale = 255 / 65535 if highest > 255 else 1.0
        picture = picture.convert("F").point(lambda value: value * scale + 0).convert("L")
        profile = None
    if picture.mode in ("P", "PA", "LA", "La", "RGBa", "RGBA") or "transparency" in picture.info:
        picture = picture.convert("RGBA")
        paper = Image.new("RGBA", picture.size, "white")
        picture = Image.alpha_composite(paper, picture).convert("RGB")
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            mode = picture.mode if picture.mode in ("RGB", "CMYK", "L", "LAB") else "RGB"
            converted = ImageCms.profileToProfile(picture.convert(mode), source, _SRGB, outputMode="RGB")
            if converted is not None:
                return converted
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass  # a profile for other colours than the file's: take the numbers as they are
    return picture if picture.mode == "RGB" else picture.convert("RGB")


def widths_of(width: int, wanted: Sequence[int]) -> list[int]:
    """Return the widths to make of an original ``width`` pixels wide, never larger than it."""
    return sorted({*(step for step in wanted if step < width), min(width, max(wanted))})


def cascade(path: File, widths: Sequence[int]) -> Iterator[tuple[int, int, Image.Image]]:
    """Yield ``(width, height, picture)`` from the widest down, each cut from the one before."""
    with opened(path) as original:
        full_width, full_height = upright_size(original)
        current = ready(original, width=max(widths))
        for width in sorted(widths, reverse=True):
            height = max(1, round(full_height * width / full_width))
            if current.size != (width, height):
                current = current.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3.0)
            yield width, height, current


def webp(picture: Image.Image, *, quality: int = 78) -> bytes:
    """Encode without any metadata. ``method=4``: 6 takes twice the time for one per cent."""
    return _encoded(picture, "WEBP", quality=quality, method=4)


def avif(picture: Image.Image, *, quality: int = 50) -> bytes:
    """Encode without any metadata. At 50 it is nearer to the original than WebP at 78, in a fifth fewer bytes; ``speed=9``
    takes two thirds of the time of 8 and makes the same of photographs. One thread, because a worker has neighbours."""
    # Pillow carries a picture's profile, EXIF and XMP over into this format alone.
    return _encoded(_bare(picture), "AVIF", quality=quality, speed=9, max_threads=1)


def placeholder(picture: Image.Image) -> bytes:
    """Return a WebP of 20 pixels' width, about a hundred bytes: what is to be seen until there is more."""
    return webp(_bare(shrunk(picture, PLACEHOLDER)), quality=20)


def cut(path: File, box: tuple[int, int, int, int], width: int) -> Image.Image:
    """Return a part of an original, ``width`` pixels wide.

    Args:
        box: left, top, right and lower edge in the original's own pixels, the right way up.
    """
    with opened(path) as original:
        full_width, _ = upright_size(original)
        left, top, right, lower = box
        wanted = -(-full_width * width // (right - left))
        whole = ready(original, width=min(wanted, full_width))
    scale = whole.width / full_width
    edges = (left * scale, top * scale, right * scale, lower * scale)
    height = max(1, round((lower - top) * width / (right - left)))
    return whole.resize((width, height), Image.Resampling.LANCZOS, box=edges, reducing_gap=3.0)


def part_of(encoded: bytes, box: Box, focus: tuple[int, int], width: int) -> bytes:
    """Return a part of a small encoded picture of ours as a WebP, at most ``width`` pixels wide.

    Args:
        box: of width, height and ``focus``, which part: left, top, right and lower edge.
    """
    with Image.open(io.BytesIO(encoded), formats=("WEBP",)) as whole:
        return webp(shrunk(whole.convert("RGB").crop(box(*whole.size, focus)), width), quality=75)


def jpeg(picture: Image.Image, *, quality: int = 80) -> bytes:
    """Encode as a progressive JPEG without any metadata, an original's comment included."""
    return _encoded(picture, "JPEG", quality=quality, optimize=True, progressive=True, comment=b"")


def _bare(picture: Image.Image) -> Image.Image:
    bare = picture.copy()
    bare.info = {}
    return bare


def _encoded(picture: Image.Image, file_format: str, **options: object) -> bytes:
    # Pillow carries nothing over by itself but a JPEG's comment; what it might one day, the stamp takes out.
    out = io.BytesIO()
    picture.save(out, file_format, **options)
    return out.getvalue()

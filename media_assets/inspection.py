"""Is this file a picture that we can keep? Everything is refused with a sentence that says what to do.

The type is decided by the bytes, never by the name or by what the browser said. Pillow's ``verify()`` takes truncated
files for good, so every picture is decoded to its last line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from media_assets import metadata, pixels

MAX_BYTES = 60_000_000
MAX_PIXELS = 64_000_000  # 192 MB once decoded; an 8 kB file can claim a thousand times more
MAX_SIDE = 16_383  # where WebP ends (RFC 6386)

_ENDINGS = {
    "JPEG": {"jpg", "jpeg", "jpe", "jfif"},
    "PNG": {"png"},
    "WEBP": {"webp"},
    "AVIF": {"avif", "avifs"},
    "TIFF": {"tif", "tiff"},
}
_NAMES = {"JPEG": "JPEG", "PNG": "PNG", "WEBP": "WebP", "AVIF": "AVIF", "TIFF": "TIFF"}
TOO_MUCH = "The picture needs more memory than there is. Export it smaller."
_USE = "Use JPEG, PNG, WebP, AVIF or TIFF."
# What follows a picture in a file made to be two things at once: archives, documents, programs, pages.
_FOREIGN = re.compile(
    rb"PK\x03\x04|PK\x05\x06|Rar!\x1a|7z\xbc\xaf|%PDF-|\x7fELF|<\?php|<script|<html|<!doctype|<svg", re.I
)


class Refused(ValueError):
    """A picture that does not get in: which field of the form, and one sentence."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What a good file turned out to be. Width and height in pixels, the right way up."""

    file_format: str
    width: int
    height: int
    said: metadata.Said
    small: Image.Image


def inspect(path: Path, *, name: str) -> Seen:
    """Decode the file fully and return what it is.

    Raises:
        Refused: with field "file".
    """
    if path.stat().st_size == 0:
        raise Refused("file", "The file is empty (0 bytes). Save or send it again.")
    with path.open("rb") as file:
        start = file.read(4096)
    try:
        with pixels.opened(path) as picture:
            file_format = "JPEG" if picture.format == "MPO" else str(picture.format)
            _check_claims(picture, file_format, name)
            said = metadata.read(path, picture)
            width, height = pixels.upright_size(picture)
            # Decodes to the last line; at a half or an eighth for a large JPEG, which still reads all of the file.
            small = pixels.shrunk(pixels.ready(picture, width=pixels.PREVIEW), pixels.PREVIEW)
            _check_tail(path, file_format)
    except Refused:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Refused("file", _too_many_pixels()) from None
    except UnidentifiedImageError:
        raise Refused("file", _what_it_is(start)) from None
    except MemoryError:
        raise Refused("file", TOO_MUCH) from None
    except Exception:
        raise Refused("file", "The file is damaged or cut off. Export or send it again.") from None
    return Seen(file_format=file_format, width=width, height=height, said=said, small=small)


def _check_claims(picture: Image.Image, file_format: str, name: str) -> None:
    """What can be known before anything is decoded."""
    ending = Path(name).suffix.lower().lstrip(".")
    if ending and ending not in _ENDINGS[file_format]:
        raise Refused(
            "file",
            f"The name ends in .{ending[:12]}, but the file is {_a(_NAMES[file_format])}. "
            f"Rename it to .{min(_ENDINGS[file_format], key=len)} or export it again.",
        )
    width, height = picture.size
    if max(width, height) > MAX_SIDE:
        raise Refused(
            "file", f"A side is {max(width, height):,} pixels long; {MAX_SIDE:,} is the most. Make it smaller."
        )
    frames = getattr(picture, "n_frames", 1) if picture.format != "MPO" else 1
    if width * height * max(1, frames) > MAX_PIXELS:
        raise Refused("file", _too_many_pixels(width, height))
    if frames > 1:
        several = "several pages" if file_format == "TIFF" else "moving pictures"
        raise Refused("file", f"The file holds {several}. Export one still picture.")


def _too_many_pixels(width: int = 0, height: int = 0) -> str:
    size = f" ({width:,} × {height:,} pixels)" if width else ""
    return f"The picture{size} would unpack to more than {MAX_PIXELS // 1_000_000} megapixels. Make it smaller."


def _check_tail(path: Path, file_format: str) -> None:
    """Refuse a file that is a picture and something else at once.

    Cameras append previews and depth maps, so not everything behind the end is foreign.
    """
    data = path.read_bytes()
    end = {"JPEG": _jpeg_end, "PNG": _png_end, "WEBP": _webp_end, "AVIF": _avif_end}.get(file_format, len)(data)
    if end < len(data) and _FOREIGN.search(data, end):
        raise Refused("file", "Something else is hidden behind the picture in this file. Export the picture again.")


def _jpeg_end(data: bytes) -> int:
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF and data[at + 1] != 0xDA:
        at += 2 + int.from_bytes(data[at + 2 : at + 4])
    found = data.find(b"\xff\xd9", at)
    return found + 2 if found >= 0 else len(data)


def _png_end(data: bytes) -> int:
    at = 8
    while at + 8 <= len(data):
        name, length = data[at + 4 : at + 8], int.from_bytes(data[at : at + 4])
        at += 12 + length
        if name == b"IEND":
            break
    return at


def _webp_end(data: bytes) -> int:
    return 8 + int.from_bytes(data[4:8], "little")


def _avif_end(data: bytes) -> int:
    at = 0
    while at + 8 <= len(data):
        length, name = int.from_bytes(data[at : at + 4]), data[at + 4 : at + 8]
        if length < 8 or not name.isalnum():  # no box: what follows is none of the picture's
            break
        at += length
    return at


def _a(name: str) -> str:
    return f"an {name}" if name.startswith("A") else f"a {name}"


def _what_it_is(start: bytes) -> str:
    """A sentence for what people bring most often instead of a picture."""
    brand = start[8:12]
    if start[4:8] == b"ftyp" and brand in (b"heic", b"heix", b"hevc", b"hevx", b"mif1", b"msf1"):
        return "This is a HEIC picture, which not every browser shows. Export it as JPEG."
    if re.search(rb"<svg[\s>]", start, re.I):
        return "This is an SVG drawing, which can carry scripts. Export it as PNG or JPEG."
    if start[4:8] == b"ftyp" and brand not in (b"avif", b"avis"):
        return f"This is a video or another file of a camera, not a picture. {_USE}"
    if start.startswith(b"8BPS"):
        return f"This is a Photoshop file. {_USE}"
    if start.startswith((b"PK\x03\x04", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b")):
        return "This is an archive. Unpack it and bring the pictures themselves."
    if start.startswith((b"\xff\x0a", b"\0\0\0\x0cJXL ")):
        return f"This is a JPEG XL picture, which few browsers show. {_USE}"
    if start.startswith(b"GIF8"):
        return f"This is a GIF. {_USE}"
    if start.startswith((b"%PDF", b"%!PS")):
        return f"This is a document, not a picture. {_USE}"
    if start.startswith((b"\xff\xd8", b"\x89PNG", b"II*\0", b"MM\0*")) or brand in (b"WEBP", b"avif", b"avis"):
        return "The file is damaged or cut off. Export or send it again."
    return f"This is not a picture that we can read. {_USE}"

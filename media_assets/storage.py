"""Where the bytes lie: originals and previews in private, renditions in public.

A file is written beside its place and then renamed, so that a dying process leaves either the whole file or none.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import time
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import IO

from django.conf import settings

EXTENSIONS = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp", "AVIF": "avif", "TIFF": "tif"}


def original(sha256: str, file_format: str) -> Path:
    """Where the original lies. The name comes from its content: no upload chooses a path."""
    return Path(settings.PRIVATE_ROOT) / "originals" / sha256[:2] / f"{sha256}.{EXTENSIONS[file_format]}"


def preview(sha256: str) -> Path:
    """The small picture that the desk shows, whatever the rights say."""
    return Path(settings.PRIVATE_ROOT) / "previews" / sha256[:2] / f"{sha256}.webp"


def public(digest: str, width: int, extension: str) -> Path:
    """A rendition's file. The path mirrors its address, so that a web server in front may serve the folder."""
    return Path(settings.MEDIA_ROOT) / digest / f"{width}.{extension}"


def crop(digest: str, part: str, width: int, extension: str) -> Path:
    """A crop's file, in a folder beside the whole picture's; ``part``: shape and focal point, ``crops.part``."""
    return Path(settings.MEDIA_ROOT) / digest / part / f"{width}.{extension}"


def holds(digest: str) -> bool:
    """Whether anything lies at an address in the public folder."""
    folder = Path(settings.MEDIA_ROOT) / digest
    return folder.is_dir() and any(path.is_file() for path in folder.rglob("*"))


def remove_crops(digest: str, *, keep: Collection[str] = ()) -> None:
    """Take away the crops of a picture, but for those of the parts in ``keep``."""
    folder = Path(settings.MEDIA_ROOT) / digest
    for part in folder.iterdir() if folder.is_dir() else ():
        if part.is_dir() and part.name not in keep:
            shutil.rmtree(part, ignore_errors=True)
    with contextlib.suppress(OSError):
        folder.rmdir()


@contextlib.contextmanager
def incoming() -> Iterator[tuple[IO[bytes], Path]]:
    """Open a new private file for something that is still arriving; it is gone afterwards unless it was moved."""
    folder = Path(settings.PRIVATE_ROOT) / "incoming"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / secrets.token_hex(16)
    try:
        with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as file:
            yield file, path
    finally:
        path.unlink(missing_ok=True)


def move(path: Path, place: Path) -> None:
    """Put a finished private file into its place, on disk before anything names it."""
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with path.open("rb") as file:
        os.fsync(file.fileno())
    path.replace(place)


def write(place: Path, data: bytes, *, mode: int = 0o600) -> None:
    """Write a whole file at once: readers see all of it or none."""
    place.parent.mkdir(parents=True, exist_ok=True)
    beside = place.with_name(f".{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(place)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def write_public(place: Path, data: bytes) -> None:
    """Write a rendition, readable by the web server in front."""
    write(place, data, mode=0o644)


def remove(place: Path) -> None:
    """Take a file away, and its folder when nothing is left in it."""
    place.unlink(missing_ok=True)
    with contextlib.suppress(OSError):
        place.parent.rmdir()


def tidy(*, older_than: float = 86_400) -> int:
    """Remove what dying processes left in ``incoming`` more than ``older_than`` seconds ago; return how many."""
    folder = Path(settings.PRIVATE_ROOT) / "incoming"
    gone = 0
    for path in folder.glob("*") if folder.is_dir() else ():
        with contextlib.suppress(FileNotFoundError):
            if path.stat().st_mtime < time.time() - older_than:
                path.unlink()
                gone += 1
    return gone

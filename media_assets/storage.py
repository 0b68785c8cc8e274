"""What is kept of pictures, by name: originals and previews in the private store, renditions in the public one.

Public are the addresses, not the store: a file in it is given by ``views``, which asks for its rights, or by a web server
in front of a folder. Names in it mirror the addresses for that web server's sake.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from django.conf import settings
from django.core.files.storage import storages

from media_assets.stores import Away, Store

__all__ = ["Away", "Place"]

EXTENSIONS = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp", "AVIF": "avif", "TIFF": "tif"}


@dataclass(frozen=True)
class Place:
    """Where one file lies, or would. ``kind``: "private" or "public"."""

    kind: str
    name: str

    @property
    def store(self) -> Store:
        return _store(self.kind)

    def exists(self) -> bool:
        """Say whether it is there.

        Raises:
            Away: nobody can say.
        """
        return self.store.exists(self.name)

    def read_bytes(self) -> bytes:
        """Return what it holds, whole.

        Raises:
            FileNotFoundError: there is none.
            Away: nobody can say.
        """
        return self.store.fetch(self.name)

    def opened(self) -> IO[bytes]:
        """Open it for reading at any point; of a store elsewhere a copy that goes when it is closed.

        Raises:
            FileNotFoundError, Away: as ``read_bytes``.
        """
        return self.store.opened(self.name)


def _store(kind: str) -> Store:
    return cast(Store, storages[kind])


def original(sha256: str, file_format: str) -> Place:
    """Where the original lies. The name comes from its content: no upload chooses it."""
    return Place("private", f"originals/{sha256[:2]}/{sha256}.{EXTENSIONS[file_format]}")


def preview(sha256: str) -> Place:
    """The small picture that the desk shows, whatever the rights say."""
    return Place("private", f"previews/{sha256[:2]}/{sha256}.webp")


def seen(digest: str) -> Place:
    """A file of a page as readers saw it, by its content."""
    return Place("private", f"seen/{digest[:2]}/{digest}")


def public(digest: str, width: int, extension: str) -> Place:
    """A rendition's file."""
    return Place("public", f"{digest}/{width}.{extension}")


def crop(digest: str, part: str, width: int, extension: str) -> Place:
    """A crop's file, in a folder beside the whole picture's; ``part``: shape and focal point, ``crops.part``."""
    return Place("public", f"{digest}/{part}/{width}.{extension}")


def at_address(path: str) -> Place:
    """The file behind a path below MEDIA_URL, whatever somebody wrote there; a name that leads out is refused when it is read."""
    return Place("public", path)


def is_remote() -> bool:
    """Whether renditions lie where a file that must go may stay for a while, because the store is away."""
    return _store("public").remote


def under(digest: str) -> set[str]:
    """What lies at an address: "320.jpg", "16x9-50-35/640.webp". One question, however many."""
    return _store("public").below(digest)


def clear(digest: str, *, keep: Collection[str] | None = None) -> None:
    """Take away all that lies at an address; with ``keep`` only the crops that are of none of these parts."""
    for name in under(digest):
        part, apart, _ = name.rpartition("/")
        if keep is None or (apart and part not in keep):
            remove(Place("public", f"{digest}/{name}"))


@contextlib.contextmanager
def incoming() -> Iterator[tuple[IO[bytes], Path]]:
    """Open a new private file of this machine for something that is still arriving; it is gone afterwards unless it was moved."""
    folder = Path(settings.PRIVATE_ROOT) / "incoming"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / secrets.token_hex(16)
    try:
        with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as file:
            yield file, path
    finally:
        path.unlink(missing_ok=True)


def move(path: Path, place: Place) -> None:
    """Put a finished file of this machine into its place, whole, before anything names it."""
    place.store.take(place.name, path)


def write(place: Place, data: bytes) -> None:
    """Write a whole file at once: readers see all of it or none."""
    place.store.put(place.name, data)


def remove(place: Place) -> None:
    """Take a file away, if it is there."""
    place.store.delete(place.name)


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

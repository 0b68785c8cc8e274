"""What keeps the bytes of pictures: what each kind of store can do, and the one that is a folder of this machine.

Which kind it is, settings say (``STORAGES``: "private" and "public"); the other kind is ``bucket``.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import IO, Protocol

from django.conf import settings
from django.core.files.storage import FileSystemStorage


class Away(OSError):
    """The store of pictures does not answer, or will not have us. Its text is a sentence for people; no key stands in it."""


class Store(Protocol):
    """A place for whole files under names like "originals/ab/abc.jpg". Each method may raise ``Away`` or another OSError.

    remote: whether it is another machine's, which may be away while we are not.
    """

    remote: bool

    def exists(self, name: str) -> bool: ...

    def fetch(self, name: str) -> bytes:
        """Raises FileNotFoundError where there is none, as ``opened`` does."""
        ...

    def opened(self, name: str) -> IO[bytes]: ...

    def put(self, name: str, data: bytes) -> None:
        """Keep a whole file under this name, in place of any other. Whoever reads meanwhile has the old one or this one."""
        ...

    def take(self, name: str, path: Path) -> None:
        """Keep a file of this machine in the same way; it may be gone from ``path`` afterwards."""
        ...

    def delete(self, name: str) -> None: ...

    def below(self, folder: str) -> set[str]:
        """The names of all files in a folder and the folders in it, as seen from there."""
        ...

    def is_open(self, name: str) -> bool:
        """Whether strangers could fetch a file past this site."""
        ...


class Folder(FileSystemStorage):
    """A folder of this machine. A file is written beside its place and then renamed, so that a dying process leaves either
    the whole file or none.

    Args:
        root: the name of the setting that says where it is.
        mode: the rights of the files in it.
    """

    remote = False

    def __init__(self, *, root: str, mode: int = 0o600) -> None:
        super().__init__()
        self.root = root
        self.mode = mode

    # Asked each time: a benchmark and a test have a folder of their own.
    @property
    def base_location(self) -> Path:
        return Path(getattr(settings, self.root))

    @property
    def location(self) -> str:
        return os.path.abspath(self.base_location)

    def exists(self, name: str) -> bool:
        return os.path.isfile(self.path(name))

    def fetch(self, name: str) -> bytes:
        return Path(self.path(name)).read_bytes()

    def opened(self, name: str) -> IO[bytes]:
        return open(self.path(name), "rb")

    def put(self, name: str, data: bytes) -> None:
        self._placed(name, lambda beside: self._written(beside, data))

    def take(self, name: str, path: Path) -> None:
        with path.open("rb") as file:
            os.fsync(file.fileno())  # on disk before anything names it
        self._placed(name, path.replace)

    def delete(self, name: str) -> None:
        """Take a file away, and the folders in which nothing is left."""
        place = Path(self.path(name))
        place.unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            for folder in place.parents:
                if folder == Path(self.location):
                    break
                folder.rmdir()

    def below(self, folder: str) -> set[str]:
        place = Path(self.path(folder))
        return {str(path.relative_to(place)) for path in place.rglob("*") if path.is_file()}

    def is_open(self, name: str) -> bool:
        return False

    def _written(self, beside: Path, data: bytes) -> None:
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, self.mode), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())

    def _placed(self, name: str, write: Callable[[Path], object]) -> None:
        place = Path(self.path(name))
        beside = place.with_name(f".{secrets.token_hex(8)}")
        for tries in range(3):
            # Private folders are their owner's alone.
            place.parent.mkdir(parents=True, exist_ok=True, mode=0o777 if self.mode & 0o044 else 0o700)
            try:
                write(beside)
                beside.replace(place)
                return
            except FileNotFoundError:  # somebody who took the last file away took the folder along
                if tries == 2:
                    raise
            finally:
                beside.unlink(missing_ok=True)

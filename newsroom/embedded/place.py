"""Where the servers' files lie, and as whom the servers run.

PostgreSQL refuses to run as root. Under root both servers run as an unprivileged user, and their data lies in a folder
of that user: inside the home where the user can reach it, otherwise under /var/lib or /var/tmp, remembered in the home.
No permission of a folder that stood there before is ever changed.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from .errors import EmbeddedError, explain_os

_ELSEWHERE = (Path("/var/lib"), Path("/var/tmp"))


@dataclass(frozen=True, slots=True)
class Layout:
    """The files of one home."""

    folder: Path

    @classmethod
    def of(cls, home: Path) -> Layout:
        """The layout of a home, which need not exist yet.

        Args:
            home: the folder that the caller named, absolute or relative to the working folder.
        """
        return cls(Path(os.path.abspath(home)))

    def make(self) -> None:
        """Create the folders that are missing.

        Raises:
            EmbeddedError: no room, or no permission.
        """
        try:
            self.folder.parent.mkdir(parents=True, exist_ok=True)
            # Under root the servers' user passes through to its data but lists nothing; our files inside are 0600.
            self.folder.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700, exist_ok=True)
            self.holders.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise explain_os(error, self.folder) from error

    @property
    def guard(self) -> Path:
        """Locked while somebody comes, leaves or stops."""
        return self.folder / "guard.lock"

    @property
    def keeper(self) -> Path:
        """Locked by the keeper for as long as it lives."""
        return self.folder / "keeper.lock"

    @property
    def holders(self) -> Path:
        """One locked file for each holder."""
        return self.folder / "holders"

    @property
    def state(self) -> Path:
        """What the keeper says of the running servers (0600: it holds the passwords)."""
        return self.folder / "state.json"

    @property
    def password(self) -> Path:
        """The password of the role in the data folder (0600)."""
        return self.folder / "postgres.password"

    @property
    def elsewhere(self) -> Path:
        """Names the data's folder when it lies outside the home."""
        return self.folder / "data-folder"

    def log(self, server: str) -> Path:
        """The log of "postgres", "valkey" or "keeper"."""
        return self.folder / f"{server}.log"


@dataclass(frozen=True, slots=True)
class User:
    """An unprivileged user that the servers run as."""

    name: str
    uid: int
    gid: int

    def can_enter(self, path: Path) -> bool:
        """Whether this user can reach a folder, or run a program; asked by trying, so that every kind of rule counts."""
        test = 'cd "$1"' if path.is_dir() else 'test -x "$1"'
        try:
            done = subprocess.run(
                ["/bin/sh", "-c", test, "sh", str(path)],
                user=self.uid,
                group=self.gid,
                extra_groups=[],
                cwd="/",
                env={},
                capture_output=True,
                check=False,
            )
        except (OSError, subprocess.SubprocessError) as error:
            raise EmbeddedError(f"cannot run a process as the user {self.name}: {error}") from error
        return done.returncode == 0


@dataclass(frozen=True, slots=True)
class Place:
    """The folder of the servers' data, and the user that owns it; None for ourselves."""

    folder: Path
    user: User | None


def find_place(layout: Layout) -> Place:
    """Find or make the folder for the servers' data.

    Args:
        layout: of a home whose folders exist.

    Raises:
        EmbeddedError: no unprivileged user under root, no folder that it can reach, no permission.
    """
    inside = layout.folder / "data"
    try:
        if os.geteuid() != 0:
            inside.mkdir(mode=0o700, exist_ok=True)
            return Place(inside, None)
        if layout.elsewhere.exists():
            folder = Path(layout.elsewhere.read_text(encoding="utf-8", errors="surrogateescape"))
            if not folder.is_dir():
                raise EmbeddedError(f"the data folder {folder} is gone: delete {layout.elsewhere} to start afresh")
            return _taken(folder)
        if inside.is_dir() and any(inside.iterdir()):
            return _taken(inside)
        user = _unprivileged()
        if user.can_enter(layout.folder):
            return _made(inside, user)
        return _made_elsewhere(layout, user)
    except OSError as error:
        raise explain_os(error, layout.folder) from error


def discard(layout: Layout) -> None:
    """Delete the servers' files, data included. The servers must be stopped.

    Args:
        layout: of the home.
    """
    if layout.elsewhere.exists():
        folder = Path(layout.elsewhere.read_text(encoding="utf-8", errors="surrogateescape"))
        # A folder that we made has this name; whatever else the file may have come to say, nothing else is deleted.
        if folder.parent in _ELSEWHERE and folder.name.startswith("newsroom-"):
            shutil.rmtree(folder, ignore_errors=True)
    for part in (layout.folder / "data", layout.holders):
        shutil.rmtree(part, ignore_errors=True)
    logs = [layout.log(server) for server in ("postgres", "valkey", "keeper")]
    for file in (layout.state, layout.password, layout.elsewhere, layout.keeper, layout.guard, *logs):
        file.unlink(missing_ok=True)
    # The caller's own files may lie here too.
    with contextlib.suppress(OSError):
        layout.folder.rmdir()


def _unprivileged() -> User:
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        if entry.pw_uid != 0:
            return User(name, entry.pw_uid, entry.pw_gid)
    raise EmbeddedError("PostgreSQL does not run as root, and there is neither a user postgres nor a user nobody")


def _made(folder: Path, user: User) -> Place:
    folder.mkdir(mode=0o700, exist_ok=True)
    # Not followed: the name could have been replaced by a link between the two calls.
    os.chown(folder, user.uid, user.gid, follow_symlinks=False)
    return Place(folder, user)


def _taken(folder: Path) -> Place:
    """Keep the user that already owns the data: PostgreSQL starts as nobody else."""
    facts = folder.lstat()
    if not stat.S_ISDIR(facts.st_mode) or facts.st_uid == 0:
        raise EmbeddedError(f"{folder} should be a folder that belongs to an unprivileged user, but it is not")
    try:
        name = pwd.getpwuid(facts.st_uid).pw_name
    except KeyError:
        name = str(facts.st_uid)
    user = User(name, facts.st_uid, facts.st_gid)
    if not user.can_enter(folder):
        raise EmbeddedError(f"the user {name}, as whom the servers run, can no longer reach {folder}")
    return Place(folder, user)


def _made_elsewhere(layout: Layout, user: User) -> Place:
    for parent in _ELSEWHERE:
        if os.access(parent, os.W_OK) and user.can_enter(parent):
            # A new name each time: what an earlier home of the same path left behind may be wanted, and is not taken.
            place = _made(Path(tempfile.mkdtemp(prefix="newsroom-", dir=parent)), user)
            write_private(layout.elsewhere, str(place.folder))
            return place
    raise EmbeddedError(
        f"the user {user.name}, as whom the servers run, can reach neither {layout.folder} nor /var/lib"
    )


def write_private(path: Path, text: str) -> None:
    """Write a file whole or not at all, readable by its owner alone.

    Args:
        path: the file; replaced when it exists.
        text: what it shall hold.

    Raises:
        OSError: no room, no permission.
    """
    fresh = path.with_name(f"{path.name}.{os.getpid()}.new")
    fresh.unlink(missing_ok=True)
    fd = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(fd, "w", encoding="utf-8", errors="surrogateescape") as file:
        file.write(text)
    fresh.replace(path)

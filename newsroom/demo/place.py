"""What must be known before Django starts: the ports, the demo's settings."""

from __future__ import annotations

import errno
import json
import os
import secrets
import shutil
import socket
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from newsroom.embedded.place import write_private
from newsroom.embedded.processes import Lock

from . import getty

ROOM_NEEDED = 400  # megabytes: two servers' files, static files, pictures
_NO_ROOM = 2**20  # bytes; what is left of a disk that is full for everybody's purposes


class DemoError(Exception):
    """The demo cannot go on; the message is one sentence for the person at the terminal."""


def prepare(home: Path, port: int) -> Lock:
    """Put the demo's settings into the environment.

    Args:
        home: folder that keeps everything (``NEWSROOM_HOME``).
        port: the site's port on 127.0.0.1; the local mail server gets a free one of its own.
    Returns:
        The folder's lock, ours until this process ends.
    Raises:
        DemoError: the port is taken, another demo uses the folder, the disk is full or the folder cannot be written.
    """
    if not 1 <= port <= 65535:
        raise DemoError(f"{port} is no port; use PORT= with a number from 1 to 65535.")
    try:
        home.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(home).free // 2**20
        if free < ROOM_NEEDED:
            raise DemoError(f"The disk is full: {free} MB are free at {home}, the demo needs {ROOM_NEEDED}.")
        if taken(port):
            raise DemoError(f"Port {port} is taken. Choose another one with PORT=, like: make demo PORT={port + 1}.")
        lock = Lock(home / "demo.lock")
        if not lock.acquire():
            # Two would send each other's mail, and keep one timetable.
            raise DemoError(f"Another demo uses {home}: end it, or set NEWSROOM_HOME to a folder for this one.")
        mail_port = _kept_port(home, "mail")
        shop = _kept_port(home, "shop", not_this={mail_port})
        agency = _kept_port(home, "getty", not_this={mail_port, shop})
    except OSError as error:
        raise DemoError(in_one_sentence(error, home)) from None
    os.environ.update(
        DEMO="true",
        DEBUG="false",
        ORIGIN=f"http://127.0.0.1:{port}",
        ALLOWED_HOSTS="localhost",
        MAIL_URL=f"smtp://127.0.0.1:{mail_port}",
        MAIL_FROM="The Long Walk <desk@longwalk.example>",
        PRIVATE_SHOPS="true",  # its shop is on this machine
        GETTY_URL=f"http://127.0.0.1:{agency}",
        GETTY_KEY=getty.KEY,
        GETTY_SECRET=getty.SECRET,
    )
    return lock


def port_asked(arguments: list[str]) -> int:
    """Return the port that the command line or ``PORT`` asks for.

    Args:
        arguments: what stands behind ``demo``.
    Raises:
        DemoError: it is no number.
    """
    asked = os.environ.get("PORT") or "8000"
    for number, argument in enumerate(arguments):
        if argument == "--port" and number + 1 < len(arguments):
            asked = arguments[number + 1]
        elif argument.startswith("--port="):
            asked = argument.removeprefix("--port=")
    if not asked.isdigit():
        raise DemoError(f"{asked} is no port; use PORT= with a number from 1 to 65535.")
    return int(asked)


def in_one_sentence(error: Exception, home: Path) -> str:
    """Say what was refused, and what to do.

    Args:
        error: what the system, the network or the database answered.
        home: the folder that keeps everything.
    """
    if isinstance(error, DemoError):
        return str(error)
    if is_full(error, home):
        return f"The disk is full ({home}): make room and start again, nothing is lost."
    if isinstance(error, OSError) and error.filename:
        return f"{error.strerror} ({error.filename}): the demo keeps its files there and cannot go on."
    return f"{said(error)}: the demo cannot go on."


def said(error: Exception) -> str:
    """The words of an error: the system's own where it wraps one, on one line, and never none."""
    reason = getattr(error, "reason", None) or error
    words = getattr(reason, "strerror", None) or next(iter(str(reason).strip().splitlines()), "")
    return words.rstrip(" .:") or type(error).__name__


def is_full(error: Exception, home: Path) -> bool:
    """Whether a full disk is behind an error; a database says so in words, or can only say that it has gone."""
    if getattr(error, "errno", None) in (errno.ENOSPC, errno.EDQUOT) or os.strerror(errno.ENOSPC) in str(error):
        return True
    try:
        return shutil.disk_usage(home).free < _NO_ROOM
    except OSError:
        return False


def taken(port: int) -> bool:
    """Say whether somebody listens on this port of 127.0.0.1."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            if error.errno == errno.EACCES:
                raise DemoError(f"Port {port} needs rights that this user does not have; use PORT=8000.") from None
            return True
    return False


def shop_port(home: Path) -> int:
    """The local shop's port, as ``prepare`` has chosen it."""
    return int((home / "demo-shop-port").read_text())


def getty_port(home: Path) -> int:
    """The local Getty Images' port, as ``prepare`` has chosen it."""
    return int((home / "demo-getty-port").read_text())


def _kept_port(home: Path, name: str, *, not_this: Collection[int] = ()) -> int:
    """A free port for a local server; the same one as last time where it is free still."""
    path = home / f"demo-{name}-port"
    kept = path.read_text() if path.exists() else ""
    port = int(kept) if kept.isdigit() else 0  # a full disk can leave an empty file
    while not port or port in not_this or taken(port):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        path.write_text(str(port))
    return port


def passwords(home: Path, roles: list[str]) -> dict[str, str]:
    """Return the demo people's passwords: made at the first run, kept with the owner's rights only.

    Args:
        roles: the roles that need one.
    """
    kept = _kept(home / "demo-passwords.json")
    if missing := [role for role in roles if role not in kept]:
        kept |= {role: "-".join(secrets.token_hex(2) for _ in range(4)) for role in missing}
        write_private(home / "demo-passwords.json", json.dumps(kept))
    return kept


@contextmanager
def hashes(home: Path) -> Iterator[dict[str, str]]:
    """The hashes that are known to be those of the passwords (password -> hash), kept as the block leaves them."""
    path = home / "demo-password-hashes.json"
    known = _kept(path)
    before = dict(known)
    yield known
    if known != before:
        write_private(path, json.dumps(known))


def _kept(path: Path) -> dict[str, str]:
    try:
        kept = json.loads(path.read_text())
    except (FileNotFoundError, ValueError):  # a full disk can leave an empty file
        return {}
    return kept if isinstance(kept, dict) else {}

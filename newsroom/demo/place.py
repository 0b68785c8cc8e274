"""What must be known before Django starts: the port, the local inbox, the demo's settings."""

from __future__ import annotations

import errno
import json
import os
import secrets
import shutil
import socket
from pathlib import Path

ROOM_NEEDED = 400  # megabytes: two servers' files, static files, pictures


class DemoError(Exception):
    """The demo cannot go on; the message is one sentence for the person at the terminal."""


def prepare(home: Path, port: int) -> None:
    """Put the demo's settings into the environment.

    Args:
        home: folder that keeps everything (``NEWSROOM_HOME``).
        port: the site's port on 127.0.0.1; the local mail server gets a free one of its own.
    Raises:
        DemoError: the port is taken, the disk is full or the folder cannot be written.
    """
    if not 1 <= port <= 65535:
        raise DemoError(f"{port} is no port; use PORT= with a number from 1 to 65535.")
    try:
        home.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(home).free // 2**20
        if free < ROOM_NEEDED:
            raise DemoError(f"The disk is full: {free} MB are free at {home}, the demo needs {ROOM_NEEDED}.")
        mail_port = _kept_mail_port(home)
    except OSError as error:
        raise DemoError(in_one_sentence(error)) from None
    if taken(port):
        raise DemoError(f"Port {port} is taken. Choose another one with PORT=, like: make demo PORT={port + 1}.")
    os.environ.update(
        DEMO="true",
        DEBUG="false",
        ORIGIN=f"http://127.0.0.1:{port}",
        ALLOWED_HOSTS="localhost",
        MAIL_URL=f"smtp://127.0.0.1:{mail_port}",
        MAIL_FROM="The Long Walk <desk@longwalk.example>",
    )


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


def in_one_sentence(error: OSError) -> str:
    """Say what the system refused, and what to do."""
    if error.errno == errno.ENOSPC:
        return f"The disk is full ({error.filename or 'while writing'}): make room and start again, nothing is lost."
    return f"{error.strerror} ({error.filename}): the demo keeps its files there and cannot go on."


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


def _kept_mail_port(home: Path) -> int:
    """A free port for the local mail server; the same one as last time where it is free still."""
    path = home / "demo-mail-port"
    port = int(path.read_text()) if path.exists() else 0
    if not port or taken(port):
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
    path = home / "demo-passwords.json"
    kept: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    if missing := [role for role in roles if role not in kept]:
        kept |= {role: "-".join(secrets.token_hex(2) for _ in range(4)) for role in missing}
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(kept, file)
    return kept

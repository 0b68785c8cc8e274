"""How a server process is started: as whom, with which environment, and tied to the life of its parent."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

from .errors import EmbeddedError
from .place import User

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None

# PG* variables of the caller would change what the server does; LC_ALL keeps its messages in the English that errors.py
# knows, and macOS refuses to start PostgreSQL without a valid locale.
ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}


def launch(
    command: Sequence[str | Path],
    *,
    user: User | None,
    stdin: int | IO[bytes],
    output: Path,
    parent_dies: int,
) -> subprocess.Popen[bytes]:
    """Start a server.

    Args:
        command: the program and its arguments.
        user: whom to run as; None for ourselves.
        stdin: as in subprocess.
        output: the log that both output streams are added to, created with mode 0600.
        parent_dies: the signal that Linux sends to the server when we die, by kill -9 too.

    Raises:
        EmbeddedError: the program cannot be run as that user.
    """

    def tie() -> None:
        # Runs after the change of user, which would have cleared it.
        if _LIBC is not None:
            _LIBC.prctl(_PR_SET_PDEATHSIG, int(parent_dies), 0, 0, 0)

    log = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600)
    try:
        return subprocess.Popen(
            [str(part) for part in command],
            stdin=stdin,
            stdout=log,
            stderr=log,
            env=ENVIRONMENT,
            # The working folder of the caller may be closed to the user, or be deleted while the server runs.
            cwd="/",
            umask=0o077,
            # A Ctrl-C at the terminal reaches the whole group: the servers must outlive those who still use them.
            start_new_session=True,
            preexec_fn=tie,
            **_as(user),
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise EmbeddedError(f"cannot run {command[0]}{f' as the user {user.name}' if user else ''}: {error}") from error
    finally:
        os.close(log)


def run(command: Sequence[str | Path], *, user: User | None, text: str = "") -> tuple[int, str]:
    """Run a program to its end.

    Args:
        command: the program and its arguments.
        user: whom to run as; None for ourselves.
        text: what it reads.

    Returns:
        Its exit code and what it printed.

    Raises:
        EmbeddedError: it cannot be run as that user, or takes longer than two minutes.
    """
    try:
        done = subprocess.run(
            [str(part) for part in command],
            input=text.encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=ENVIRONMENT,
            cwd="/",
            umask=0o077,
            timeout=120,
            check=False,
            **_as(user),
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise EmbeddedError(f"cannot run {command[0]}{f' as the user {user.name}' if user else ''}: {error}") from error
    return done.returncode, done.stdout.decode(errors="replace")


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on now; the server that binds it must be ready to lose the race."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def still_free(port: int | None) -> int | None:
    """This port, where nobody listens on it now; None otherwise, and for none."""
    if port is None:
        return None
    with socket.socket() as probe:
        # As the servers do: what their last connections leave behind for a minute is no obstacle.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return None
    return port


def end(server: subprocess.Popen[bytes], *steps: tuple[int, float]) -> None:
    """Stop a child and reap it.

    Args:
        server: our own child.
        steps: signals with the seconds to wait after each; SIGKILL follows the last.
    """
    for number, seconds in (*steps, (signal.SIGKILL, 5.0)):
        if server.poll() is not None:
            return
        server.send_signal(number)
        try:
            server.wait(seconds)
        except subprocess.TimeoutExpired:
            continue
        return


def _as(user: User | None) -> dict[str, Any]:
    return {} if user is None else {"user": user.uid, "group": user.gid, "extra_groups": []}

"""What the keeper tells the holders: a small file in the home, and who holds."""

from __future__ import annotations

import json
import os
import secrets
import signal
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from .place import Layout, write_private
from .processes import Lock, Process


@dataclass(frozen=True, slots=True)
class Servers:
    """Two running servers.

    Attributes:
        database_url: for DATABASE_URL, with user, password, host, port and database.
        redis_url: for REDIS_URL, database 0 of 64.
        postgres_pid: the process id of PostgreSQL.
        valkey_pid: the process id of Valkey.
    """

    database_url: str
    redis_url: str
    postgres_pid: int
    valkey_pid: int


@dataclass(frozen=True, slots=True)
class Wish:
    """How a comer wants PostgreSQL to run."""

    fsync: bool
    options: Mapping[str, str]

    def refusal(self, running: Wish) -> str | None:
        """Why servers that run so are not what we asked for, or None.

        Args:
            running: how they run. Safer than asked is fine; less safe, or another value of an option, is not.
        """
        if self.fsync and not running.fsync:
            return "they run with fsync off"
        for name, value in self.options.items():
            if running.options.get(name) != value:
                return f"they run with {name} = {running.options.get(name, 'its default')}, not {value}"
        return None


@dataclass(frozen=True, slots=True)
class State:
    """Running servers, the keeper that runs them, and the proof of both servers' processes (PostgreSQL, Valkey)."""

    servers: Servers
    keeper: Process
    processes: tuple[Process, Process]
    wish: Wish

    def save(self, layout: Layout) -> None:
        """Write it for the holders to read.

        Raises:
            OSError: no room.
        """
        write_private(layout.state, json.dumps(asdict(self)))


def read_state(layout: Layout) -> State | None:
    """The state, when it was written by a keeper that is alive now; else None.

    Args:
        layout: of the home.
    """
    state = last_state(layout)
    return state if state is not None and state.keeper.alive() else None


def last_state(layout: Layout) -> State | None:
    """The state that was written last, perhaps by a keeper that is dead; None where there is none that we can read.

    Args:
        layout: of the home.
    """
    told = _told(layout)
    try:
        postgresql, valkey = (Process(**one) for one in told["processes"])
        wish = Wish(**told["wish"])
        return State(Servers(**told["servers"]), Process(**told["keeper"]), (postgresql, valkey), wish)
    except (KeyError, TypeError, ValueError):
        return None


def live_keeper(layout: Layout) -> Process | None:
    """The keeper that wrote the state, if it is alive, also one of another version of this code.

    Args:
        layout: of the home.
    """
    try:
        keeper = Process(**_told(layout)["keeper"])
    except (KeyError, TypeError):
        return None
    return keeper if keeper.alive() else None


def _told(layout: Layout) -> dict[str, Any]:
    try:
        told = json.loads(layout.state.read_text())
    except (FileNotFoundError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}


def clear_remains(layout: Layout) -> bool:
    """Stop the servers that a killed keeper left behind, where no PR_SET_PDEATHSIG has done so; no keeper may live.

    Args:
        layout: of the home.

    Returns:
        Whether there were any.
    """
    state = last_state(layout)
    layout.state.unlink(missing_ok=True)
    if state is None:
        return False
    postgresql, valkey = state.processes
    left = postgresql.alive() or valkey.alive()
    postgresql.stop((signal.SIGINT, 20.0), (signal.SIGQUIT, 5.0))
    valkey.stop((signal.SIGTERM, 5.0))
    return left


class Hold:
    """One holder: a locked file. The kernel unlocks it when the holder ends, so a killed holder counts for nothing."""

    def __init__(self, layout: Layout) -> None:
        """Begin to hold; the guard must be locked.

        Args:
            layout: of a home whose folders exist.

        Raises:
            OSError: no room, no permission.
        """
        self.path = layout.holders / f"{os.getpid()}-{secrets.token_hex(4)}"
        self._lock = Lock(self.path)
        # Waits because the keeper may be looking at the file in this moment.
        if not self._lock.acquire(wait=5.0):
            raise OSError(f"cannot lock {self.path}")
        self.path.write_text(" ".join(sys.argv)[:200], errors="replace")

    def end(self) -> None:
        """Hold no longer."""
        self.path.unlink(missing_ok=True)
        self._lock.release()


def live_holders(layout: Layout, *, sweep: bool) -> list[Path]:
    """The files of those who hold now.

    Args:
        layout: of the home.
        sweep: delete the files of dead holders; only with the guard locked, or a holder that is just coming loses its file.
    """
    alive = []
    for file in layout.holders.iterdir() if layout.holders.is_dir() else ():
        if Lock(file).held():
            alive.append(file)
        elif sweep:
            file.unlink(missing_ok=True)
    return alive

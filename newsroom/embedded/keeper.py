"""The keeper: one small process per home that owns both servers and ends them when nobody holds them any more.

Started by the first holder, in a session of its own, so that neither a Ctrl-C at the terminal nor the end of that first
holder touches the servers while others use them. It is the servers' parent:

- a server that dies while it is held is started again on the same port with the same password;
- ten times a second it asks whether anybody still holds (a locked file per holder, see state.py: a holder that was
  killed with -9 has lost its lock); when nobody does, it takes the guard, asks once more, stops the servers, goes;
- should the keeper itself be killed with -9, Linux stops the servers at once (PR_SET_PDEATHSIG in launch.py). Elsewhere
  the next keeper finds the old servers by the old state, PostgreSQL by its pid file too, and stops them first. A holder
  that looks after them (holding.look_after) starts that next keeper; it gives the servers the addresses that the holders
  know.
"""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn
from urllib.parse import urlsplit

from . import postgres, valkey, wheels
from .errors import EmbeddedError, explain_os
from .launch import still_free
from .place import Layout, Place, find_place
from .processes import Lock, Process
from .state import Servers, State, Wish, clear_remains, last_state, live_holders

_PAUSE = 0.1
_RESTARTS, _RESTART_WINDOW = 5, 60.0  # times, seconds: a server that dies more often is broken, not unlucky
_LOG_BYTES = 5_000_000


class _Pair:
    """The two servers of one home."""

    def __init__(self, layout: Layout, wish: Wish, killed: State | None = None) -> None:
        self.layout, self.wish = layout, wish
        self.place: Place = find_place(layout)
        self.programs = self._programs()
        self.database_password = ""
        self.postgres: subprocess.Popen[bytes] | None = None
        self.valkey: subprocess.Popen[bytes] | None = None
        # Those of a keeper that was killed: whoever holds the servers knows no others.
        database, cache = (
            urlsplit(killed.servers.database_url if killed else ""),
            urlsplit(killed.servers.redis_url if killed else ""),
        )
        self.redis_password = cache.password or secrets.token_hex(16)
        self.ports: tuple[int | None, int | None] = (still_free(database.port), still_free(cache.port))
        self._deaths: list[float] = []

    def _programs(self) -> wheels.Programs:
        found = wheels.programs(postgres.data_version(self.place))
        user = self.place.user
        if user is None or (user.can_enter(found.postgres_bin / "postgres") and user.can_enter(found.valkey)):
            return found
        return wheels.copy(found, self.place.folder)

    def start(self) -> None:
        """Start what does not run."""
        if self.postgres is None or self.postgres.poll() is not None:
            postgres.clear_remains(self.place)
            postgres.create(self.programs, self.place, self.layout)
            if not self.database_password:
                self.database_password = postgres.password(self.programs, self.place, self.layout)
            safety = {} if self.wish.fsync else {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
            self.postgres, port = postgres.start(
                self.programs, self.place, self.layout.log("postgres"), {**safety, **self.wish.options}, self.ports[0]
            )
            self.ports = (port, self.ports[1])
        if self.valkey is None or self.valkey.poll() is not None:
            self.valkey, port = valkey.start(
                self.programs, self.place, self.layout.log("valkey"), self.redis_password, self.ports[1]
            )
            self.ports = (self.ports[0], port)

    def state(self) -> State:
        """What the holders are told."""
        assert self.postgres is not None
        assert self.valkey is not None
        me = Process.of(os.getpid())
        database, cache = Process.of(self.postgres.pid), Process.of(self.valkey.pid)
        assert me is not None
        if database is None or cache is None:
            raise EmbeddedError("a server ended as soon as it had started")
        role, name = postgres.ROLE, postgres.DATABASE
        servers = Servers(
            f"postgres://{role}:{self.database_password}@127.0.0.1:{self.ports[0]}/{name}",
            f"redis://:{self.redis_password}@127.0.0.1:{self.ports[1]}/0",
            self.postgres.pid,
            self.valkey.pid,
        )
        return State(servers, me, (database, cache), self.wish)

    def revive(self) -> bool:
        """Start a server that died; returns whether one had.

        Raises:
            EmbeddedError: it does not start, or dies again and again.
        """
        dead = [s for s in (self.postgres, self.valkey) if s is None or s.poll() is not None]
        if not dead:
            return False
        now = time.monotonic()
        self._deaths = [moment for moment in self._deaths if now - moment < _RESTART_WINDOW] + [now]
        if len(self._deaths) > _RESTARTS:
            raise EmbeddedError(f"a server died {len(self._deaths)} times within a minute")
        _note(f"a server died (exit {[s.returncode for s in dead if s]}), starting it again")
        self.start()
        return True

    def stop(self) -> None:
        """Stop both."""
        if self.valkey is not None:
            valkey.stop(self.valkey)
        if self.postgres is not None:
            postgres.stop(self.postgres)


def keep(layout: Layout, wish: Wish, report: Callable[[str], None]) -> None:
    """Start the servers and stay until nobody holds them.

    Args:
        layout: of a home whose folders exist.
        wish: how PostgreSQL shall run.
        report: called once, with an empty text when the servers answer, or with the sentence why they do not.
    """
    ending = False

    def end(_number: int, _frame: object) -> None:
        nonlocal ending
        ending = True

    signal.signal(signal.SIGTERM, end)
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    mine = Lock(layout.keeper)
    # Waits because somebody may be asking in this moment whether a keeper lives.
    if not mine.acquire(wait=5.0):
        report("another keeper runs these servers already")
        return
    pair: _Pair | None = None
    guard = Lock(layout.guard)
    try:
        killed = last_state(layout)
        clear_remains(layout)
        try:
            pair = _Pair(layout, wish, killed)
            pair.start()
            pair.state().save(layout)
        except (EmbeddedError, OSError) as error:
            _note(traceback.format_exc())
            report(str(error if isinstance(error, EmbeddedError) else explain_os(error, layout.folder)))
            return
        report("")
        while not ending:
            time.sleep(_PAUSE)
            if not live_holders(layout, sweep=False) and guard.acquire():
                # With the guard nobody can come while we go.
                if not live_holders(layout, sweep=True):
                    break
                guard.release()
            if pair.revive():
                pair.state().save(layout)
    except (EmbeddedError, OSError):
        _note(traceback.format_exc())
    finally:
        # First the word, then the servers: a comer must not be sent to servers that are about to stop.
        layout.state.unlink(missing_ok=True)
        if pair is not None:
            pair.stop()
        mine.release()
        guard.release()


def main(home: str, wish: str) -> None:
    """The keeper's process: answers one line of JSON on its standard output, {"error": sentence or ""}.

    Args:
        home: the folder for the servers' files, absolute.
        wish: JSON, {"fsync": bool, "options": {name: value}}.
    """
    # The starter waits for this process and is not bothered with the reaping of the one that stays.
    if os.fork():
        os._exit(0)
    os.chdir("/")
    layout = Layout.of(Path(home))
    for server in ("postgres", "valkey", "keeper"):
        _shorten(layout.log(server))
    said = os.open(layout.log("keeper"), os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600)
    answer = os.dup(1)
    for stream in (1, 2):
        os.dup2(said, stream)

    def report(sentence: str) -> None:
        try:
            os.write(answer, json.dumps({"error": sentence}).encode() + b"\n")
            os.close(answer)
        except OSError:
            pass  # The starter was killed meanwhile; whoever comes next reads the state.

    told = json.loads(wish)
    keep(layout, Wish(told["fsync"], told["options"]), report)
    _leave()


def _leave() -> NoReturn:
    sys.stderr.flush()
    os._exit(0)


def _shorten(log: Path) -> None:
    try:
        if log.stat().st_size > _LOG_BYTES:
            os.truncate(log, 0)
    except FileNotFoundError:
        pass


def _note(text: str) -> None:
    sys.stderr.write(f"{time.strftime('%Y-%m-%d %H:%M:%S')} {text.rstrip()}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])

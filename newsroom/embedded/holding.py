"""Coming, leaving and asking: what the processes that use the servers do."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from .errors import EmbeddedError, explain_os
from .place import Layout, discard
from .processes import Lock, wait_until
from .state import Hold, Servers, State, Wish, clear_remains, last_state, live_holders, live_keeper, read_state

_START_SECONDS = 180.0  # initdb, crash recovery and a copy of the programs on a slow machine
_STOP_SECONDS = 40.0
_ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def running(
    home: Path, *, fsync: bool = True, postgres_options: Mapping[str, object] | tuple[()] = ()
) -> Iterator[Servers]:
    """Have PostgreSQL and Valkey for a block; several processes may hold the same home at once.

    The first to come starts the servers, the last to leave stops them and waits until they are gone. A holder that is
    killed counts as gone at once. The database's content stays in the home; Valkey's does not.

    Args:
        home: the folder for the servers' files, made when missing.
        fsync: whether PostgreSQL makes its commits survive a power cut; off is for tests.
        postgres_options: settings of postgresql.conf by name.

    Yields:
        The running servers.

    Raises:
        EmbeddedError: no wheel, full disk, no permission, a data folder of another version, or servers that already run
            with other settings; one sentence.
    """
    layout = Layout.of(home)
    wish = Wish(fsync, {name: _text(value) for name, value in dict(postgres_options).items()})
    guard = Lock(layout.guard)
    layout.make()
    try:
        with guard.hold(wait=_START_SECONDS, doing="start the servers"):
            hold = Hold(layout)
            try:
                state = _ensure(layout, wish)
            except BaseException:
                hold.end()
                raise
    except OSError as error:
        raise explain_os(error, layout.folder) from error
    owner = os.getpid()
    try:
        yield state.servers
    finally:
        # A forked child that runs to here must not let go of what its parent holds.
        if os.getpid() == owner:
            _leave(layout, guard, hold)


def find(home: Path) -> Servers | None:
    """The servers that run now; starts nothing.

    Args:
        home: as for running().

    Returns:
        The servers, or None.

    Raises:
        EmbeddedError: the home belongs to another user.
    """
    layout = Layout.of(home)
    try:
        state = read_state(layout)
        return state.servers if state is not None and Lock(layout.keeper).held() else None
    except OSError as error:
        raise explain_os(error, layout.folder) from error


def look_after(home: Path) -> bool:
    """Start another keeper where the one of servers that we hold was killed: the same data, the same addresses.

    For a holder that stays long to call now and then; it costs next to nothing while the keeper lives. Servers that were
    stopped in good order stay stopped.

    Args:
        home: as for running().

    Returns:
        Whether there was a keeper to replace, and it was.

    Raises:
        EmbeddedError: the servers do not start again, which is tried once more only where the new keeper was killed too; or
            they run at other addresses, because another program has taken a port meanwhile.
    """
    layout = Layout.of(home)
    keeper, guard = Lock(layout.keeper), Lock(layout.guard)
    try:
        # A keeper that goes by itself takes its state away first.
        if keeper.held() or not layout.state.exists() or os.getpid() not in holders(home):
            return False
        if not guard.acquire():
            return False  # somebody who comes in this moment starts one
        try:
            killed = last_state(layout)
            if keeper.held() or killed is None:
                return False
            _start_again(layout, keeper, killed)
            return True
        finally:
            guard.release()
    except OSError as error:
        raise explain_os(error, layout.folder) from error


def holders(home: Path) -> dict[int, str]:
    """Who holds the servers now.

    Args:
        home: as for running().

    Returns:
        Command lines by process id.
    """
    found = {}
    for file in live_holders(Layout.of(home), sweep=False):
        try:
            found[int(file.name.partition("-")[0])] = file.read_text(errors="replace")
        except FileNotFoundError:
            continue
    return found


def stop(home: Path) -> bool:
    """Stop the servers, whoever holds them.

    Args:
        home: as for running().

    Returns:
        Whether there was something to stop.

    Raises:
        EmbeddedError: they do not stop in time, or belong to another user.
    """
    layout = Layout.of(home)
    if not layout.folder.is_dir():
        return False
    keeper = Lock(layout.keeper)
    try:
        with Lock(layout.guard).hold(wait=_START_SECONDS, doing="stop the servers"):
            if not keeper.held():
                return clear_remains(layout)

            def gone() -> bool:
                # Asked again each time: a keeper whose starter was killed has no state yet, but will have.
                running_now = live_keeper(layout)
                if running_now is not None:
                    running_now.signal(signal.SIGTERM)
                return not keeper.held()

            if not wait_until(gone, _STOP_SECONDS, pause=0.1):
                raise EmbeddedError(f"the servers do not stop; see {layout.log('keeper')}")
    except OSError as error:
        raise explain_os(error, layout.folder) from error
    return True


def remove(home: Path) -> None:
    """Stop the servers and delete their data, also where it lies outside the home.

    Args:
        home: as for running().

    Raises:
        EmbeddedError: they do not stop.
    """
    stop(home)
    discard(Layout.of(home))


def _ensure(layout: Layout, wish: Wish) -> State:
    """Running servers, found or started; the guard must be locked."""
    keeper = Lock(layout.keeper)
    deadline = time.monotonic() + _START_SECONDS
    while keeper.held():
        state = read_state(layout)
        if state is not None:
            refusal = wish.refusal(state.wish)
            if refusal:
                raise EmbeddedError(
                    f"the servers in {layout.folder} are in use and {refusal}: set another NEWSROOM_HOME"
                )
            return state
        if live_keeper(layout) is not None and read_state(layout) is None:
            raise EmbeddedError(
                f"the servers in {layout.folder} were started by another version of this code: "
                f'end what uses them, or run python -m newsroom.embedded stop --home "{layout.folder}"'
            )
        # A keeper without a word is one whose starter was killed: it is still starting, or already going.
        if time.monotonic() >= deadline:
            raise EmbeddedError(f"the servers in {layout.folder} neither start nor stop; see {layout.log('keeper')}")
        time.sleep(0.05)
    _start_keeper(layout, wish)
    state = read_state(layout)
    if state is None:
        raise EmbeddedError(f"the servers in {layout.folder} ended at once; see {layout.log('keeper')}")
    return state


def _start_again(layout: Layout, keeper: Lock, killed: State) -> None:
    for last in (False, False, True):
        try:
            _start_keeper(layout, killed.wish)
            break
        except _Unanswered:
            if last or keeper.held():
                raise
            # Killed while it started, when it had taken the word of the one before it away: the next needs its addresses.
            killed.save(layout)
    now = read_state(layout)
    if now is not None and _addresses(now) != _addresses(killed):
        raise EmbeddedError(
            "another program has taken a port of the servers in the moment in which they were started again: "
            "what uses them does not find them any more and must be started anew"
        )


def _addresses(state: State) -> tuple[str, str]:
    return state.servers.database_url, state.servers.redis_url


class _Unanswered(EmbeddedError):
    """A keeper that ended before it could say why."""


def _start_keeper(layout: Layout, wish: Wish) -> None:
    # -m finds the package in the working folder, which also works for a path with a colon, where PYTHONPATH does not.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONSAFEPATH"}
    starter = subprocess.Popen(
        [sys.executable, "-m", "newsroom.embedded.keeper", str(layout.folder), json.dumps(asdict(wish))],
        cwd=_ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    assert starter.stdout is not None
    said = b""
    deadline = time.monotonic() + _START_SECONDS
    with starter.stdout as answer:
        while not said.endswith(b"\n"):
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([answer], [], [], left)[0]:
                break
            part = os.read(answer.fileno(), 65536)
            if not part:
                break
            said += part
    starter.wait()
    try:
        error = str(json.loads(said)["error"])
    except (ValueError, KeyError):
        raise _Unanswered(f"the servers' keeper ended without an answer; see {layout.log('keeper')}") from None
    if error:
        raise EmbeddedError(error)


def _leave(layout: Layout, guard: Lock, hold: Hold) -> None:
    keeper = Lock(layout.keeper)
    hold.end()
    # The last to leave waits: whoever deletes the folder next, or ends the container, finds nothing running.
    wait_until(lambda: not keeper.held() or bool(live_holders(layout, sweep=False)), _STOP_SECONDS)


def _text(value: object) -> str:
    return {True: "on", False: "off"}.get(value, str(value)) if isinstance(value, bool) else str(value)

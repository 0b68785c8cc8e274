"""What is killed is noticed, cleaned up and started again, and nothing else is ever killed."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
import pytest
import redis

from newsroom import embedded
from newsroom.embedded import Servers, postgres, valkey, wheels
from newsroom.embedded.launch import launch
from newsroom.embedded.place import Layout, find_place
from newsroom.embedded.processes import Process, started, wait_until
from newsroom.embedded.state import State, Wish, read_state

from .conftest import Holder, ask, with_data

pytestmark = with_data

SOON = 20.0  # seconds; a loaded machine


def gone(*pids: int) -> bool:
    return wait_until(lambda: not any(started(pid) for pid in pids), SOON)


def answers(servers: Servers) -> bool:
    try:
        return ask(servers, "SELECT 1") == 1
    except psycopg2.OperationalError:
        return False


def test_servers_stop_when_their_only_holder_is_killed(hold: Callable[..., Holder]) -> None:
    holder = hold(fsync=False)
    servers = holder.servers()
    holder.kill()
    assert gone(servers.postgres_pid, servers.valkey_pid)


def test_a_killed_holder_takes_nothing_from_the_others(home: Path, hold: Callable[..., Holder]) -> None:
    first, second = hold(fsync=False), hold(fsync=False)
    servers = first.servers()
    assert second.servers() == servers
    first.kill()
    assert wait_until(lambda: set(embedded.holders(home)) == {second.process.pid}, SOON)
    with embedded.running(home, fsync=False) as mine:
        assert mine == servers
        assert second.leave() == 0
        assert ask(mine, "SELECT 1") == 1
    assert gone(servers.postgres_pid, servers.valkey_pid)


def test_a_new_holder_takes_over_from_a_killed_one(home: Path, hold: Callable[..., Holder]) -> None:
    holder = hold()
    ask(holder.servers(), "CREATE TABLE crown (jewel text)")
    holder.kill()
    # At once: the keeper may or may not have noticed yet, and both must end well.
    with embedded.running(home) as servers:
        assert ask(servers, "SELECT count(*) FROM crown") == 0


def test_no_server_outlives_a_killed_keeper_and_its_data_is_kept(home: Path) -> None:
    layout = Layout.of(home)
    with embedded.running(home) as servers:
        ask(servers, "CREATE TABLE crown (jewel text)")
        state = read_state(layout)
        assert state is not None
        assert state.keeper.signal(signal.SIGKILL)
        assert gone(servers.postgres_pid, servers.valkey_pid)
        assert embedded.find(home) is None
        with embedded.running(home) as fresh:
            assert ask(fresh, "SELECT count(*) FROM crown") == 0
            assert fresh.postgres_pid != servers.postgres_pid


def test_a_holder_that_looks_after_them_has_a_killed_keeper_replaced(home: Path, hold: Callable[..., Holder]) -> None:
    other = hold()
    other.servers()
    with embedded.running(home) as servers:
        ask(servers, "CREATE TABLE crown (jewel text)")
        ask(servers, "INSERT INTO crown VALUES ('Cullinan')")
        assert not embedded.look_after(home), "it lives"
        kill_keeper(home)
        assert wait_until(lambda: embedded.look_after(home), SOON)
        replaced = embedded.find(home)
        assert replaced is not None
        assert addresses(replaced) == addresses(servers), "those that every holder knows"
        assert not {replaced.postgres_pid, replaced.valkey_pid} & {servers.postgres_pid, servers.valkey_pid}
        assert ask(servers, "SELECT jewel FROM crown") == "Cullinan"
        with redis.Redis.from_url(servers.redis_url) as client:
            assert client.ping()
        assert not embedded.look_after(home)
        assert other.leave() == 0
    assert gone(replaced.postgres_pid, replaced.valkey_pid), "they end with their last holder as ever"


def test_a_keeper_that_is_killed_while_it_starts_is_replaced_too(home: Path) -> None:
    with embedded.running(home, fsync=False) as servers:
        for _ in range(5):  # on a busy machine a keeper may be up before we are there
            kill_keeper(home)
            assert gone(servers.postgres_pid, servers.valkey_pid)
            killed, up = threading.Event(), threading.Event()

            def kill_the_next(killed: threading.Event = killed, up: threading.Event = up) -> None:
                # As soon as it has taken away the state of the one before it, with which its addresses would go.
                wait_until(lambda: up.is_set() or not Layout.of(home).state.exists(), SOON, pause=0.002)
                for pid in [] if up.is_set() else keepers(home):
                    os.kill(pid, signal.SIGKILL)
                    killed.set()

            killer = threading.Thread(target=kill_the_next)
            killer.start()
            assert embedded.look_after(home)
            up.set()
            killer.join()
            found = embedded.find(home)
            assert found is not None
            assert addresses(found) == addresses(servers), "those that its holders know"
            assert ask(servers, "SELECT 1") == 1
            servers = found
            if killed.is_set():
                break
        assert killed.is_set()


def keepers(home: Path) -> list[int]:
    """The processes that keep the servers of this home, also one that has said nothing yet."""
    mark = f"newsroom.embedded.keeper\0{Layout.of(home).folder}\0".encode()
    return [int(one.parent.name) for one in Path("/proc").glob("[0-9]*/cmdline") if mark in read(one)]


def read(place: Path) -> bytes:
    try:
        return place.read_bytes()
    except OSError:  # it has ended meanwhile
        return b""


def test_nobody_else_starts_servers_and_stopped_ones_stay_stopped(home: Path, hold: Callable[..., Holder]) -> None:
    holder = hold(fsync=False)
    holder.servers()
    kill_keeper(home)
    assert not embedded.look_after(home), "they are somebody else's"
    holder.kill()
    with embedded.running(home, fsync=False):
        assert embedded.stop(home)
        assert not embedded.look_after(home)
        assert embedded.find(home) is None


def test_a_port_that_another_program_has_taken_meanwhile_is_not_insisted_on(home: Path) -> None:
    with embedded.running(home, fsync=False) as servers:
        kill_keeper(home)
        assert gone(servers.postgres_pid, servers.valkey_pid)
        with socket.create_server(("127.0.0.1", urlsplit(servers.database_url).port or 0)):
            with pytest.raises(embedded.EmbeddedError, match="another program has taken a port"):
                embedded.look_after(home)
            moved = embedded.find(home)
        assert moved is not None
        assert moved.redis_url == servers.redis_url
        assert moved.database_url != servers.database_url
        assert ask(moved, "SELECT 1") == 1


def kill_keeper(home: Path) -> None:
    state = read_state(Layout.of(home))
    assert state is not None
    assert state.keeper.signal(signal.SIGKILL)


def addresses(servers: Servers) -> tuple[str, str]:
    return servers.database_url, servers.redis_url


def test_a_killed_postgresql_comes_back_with_what_was_committed(home: Path) -> None:
    with embedded.running(home) as servers:
        ask(servers, "CREATE TABLE crown (jewel text)")
        ask(servers, "INSERT INTO crown VALUES ('Cullinan')")
        os.kill(servers.postgres_pid, signal.SIGKILL)
        assert wait_until(lambda: embedded.find(home) not in (servers, None), SOON)
        assert wait_until(lambda: answers(servers), SOON)
        assert ask(servers, "SELECT jewel FROM crown") == "Cullinan"
        revived = embedded.find(home)
        assert revived is not None
        assert revived.database_url == servers.database_url
        assert revived.postgres_pid != servers.postgres_pid
    assert gone(revived.postgres_pid)


def test_a_killed_valkey_comes_back_at_the_same_address(home: Path) -> None:
    with embedded.running(home, fsync=False) as servers:
        os.kill(servers.valkey_pid, signal.SIGKILL)
        assert wait_until(lambda: embedded.find(home) not in (servers, None), SOON)
        client = redis.Redis.from_url(servers.redis_url)
        assert client.ping()
        client.close()


def test_a_pid_file_of_a_dead_process_is_no_obstacle(home: Path) -> None:
    with embedded.running(home):
        pass
    leave_pid_file(home, dead_process())
    with embedded.running(home) as servers:
        assert ask(servers, "SELECT 1") == 1


def test_a_process_that_was_given_an_old_number_is_left_alone(home: Path) -> None:
    with embedded.running(home):
        pass
    layout = Layout.of(home)
    # The servers' own user, or PostgreSQL would not mistake it for itself.
    user = find_place(layout).user
    bystander = launch(
        ["/bin/sleep", "600"],
        user=user,
        stdin=subprocess.DEVNULL,
        output=home / "bystander.log",
        parent_dies=signal.SIGKILL,
    )
    try:
        leave_pid_file(home, bystander.pid)
        with embedded.running(home) as servers:
            assert ask(servers, "SELECT 1") == 1
        assert bystander.poll() is None
    finally:
        bystander.kill()
        bystander.wait()


@pytest.mark.parametrize("known", [True, False])
def test_servers_without_a_keeper_are_stopped_before_their_data_is_used(home: Path, known: bool) -> None:
    with embedded.running(home) as servers:
        ask(servers, "CREATE TABLE crown (jewel text)")
    postgresql, cache = left_behind(home)
    if not known:
        Layout.of(home).state.unlink()
    with embedded.running(home) as servers:
        assert postgresql.wait(SOON) is not None
        assert ask(servers, "SELECT count(*) FROM crown") == 0
        assert cache.poll() is not None or not known
    cache.kill()
    cache.wait()


def test_stop_finds_servers_without_a_keeper(home: Path) -> None:
    with embedded.running(home):
        pass
    postgresql, cache = left_behind(home)
    assert embedded.stop(home)
    assert postgresql.wait(SOON) is not None
    assert cache.wait(SOON) is not None
    assert not embedded.stop(home)


def test_a_lost_password_is_set_anew(home: Path) -> None:
    with embedded.running(home) as servers:
        ask(servers, "CREATE TABLE crown (jewel text)")
    Layout.of(home).password.unlink()
    with embedded.running(home) as fresh:
        assert ask(fresh, "SELECT count(*) FROM crown") == 0


def test_a_number_alone_does_not_make_the_process() -> None:
    me = Process.of(os.getpid())
    assert me is not None
    assert me.alive()
    impostor = Process(os.getpid(), "another boot 1")
    assert not impostor.alive()
    assert not impostor.signal(signal.SIGKILL)
    assert impostor.stop()


def dead_process() -> int:
    """A number that no process has now."""
    ended = subprocess.Popen(["/bin/true"])
    ended.wait()
    return ended.pid


def left_behind(home: Path) -> tuple[subprocess.Popen[bytes], subprocess.Popen[bytes]]:
    """Both servers as a keeper leaves them that was killed where nothing ends them with it."""
    layout, programs = Layout.of(home), wheels.programs(None)
    place = find_place(layout)
    postgresql, _ = postgres.start(programs, place, home / "left.log", {}, None)
    cache, _ = valkey.start(programs, place, home / "left.log", "secret", None)
    told = Process.of(postgresql.pid), Process.of(cache.pid)
    assert told[0] is not None
    assert told[1] is not None
    killed = Process(dead_process(), "long ago")
    servers = Servers("", "", postgresql.pid, cache.pid)
    State(servers, killed, (told[0], told[1]), Wish(True, {})).save(layout)
    return postgresql, cache


def leave_pid_file(home: Path, pid: int) -> None:
    """What a PostgreSQL that was killed leaves in its data folder."""
    place = find_place(Layout.of(home))
    folder = postgres.data_folder(place)
    file = folder / "postmaster.pid"
    file.write_text(f"{pid}\n{folder}\n1700000000\n5432\n\n127.0.0.1\n        0         0\nready   \n")
    if place.user is not None:
        os.chown(file, place.user.uid, place.user.gid)
    file.chmod(0o600)

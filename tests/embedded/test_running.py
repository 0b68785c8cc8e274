"""Servers start, answer, are shared, and are gone when nobody holds them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import environ
import kombu
import pytest
import redis

from newsroom import embedded
from newsroom.embedded import EmbeddedError, postgres, valkey, wheels
from newsroom.embedded.launch import free_port
from newsroom.embedded.place import Layout, find_place
from newsroom.embedded.processes import started, wait_until

from .conftest import Holder, ask, with_data


def test_both_answer_in_a_path_with_a_space_and_letters_beyond_ascii(home: Path) -> None:
    assert " " in str(home)
    assert "é" in str(home)
    with embedded.running(home) as servers:
        assert ask(servers, "SELECT current_database()") == "newsroom"
        assert ask(servers, "SHOW server_encoding") == "UTF8"
        assert ask(servers, "SHOW timezone") == "UTC"
        assert ask(servers, "SHOW fsync") == "on"
        # Curly quotation marks are no letters, and capitals beyond ASCII have small ones.
        assert ask(servers, "SELECT to_tsvector('english', '“Queen’s” É')::text") == "'queen':1 'é':3"
        client = redis.Redis.from_url(servers.redis_url)
        assert client.set("crown", "é")
        assert client.get("crown") == "é".encode()
        client.close()


@with_data
def test_the_addresses_are_read_by_django_environ_and_by_celery(home: Path) -> None:
    with embedded.running(home, fsync=False) as servers:
        parts = environ.Env.db_url_config(servers.database_url)
        assert parts["HOST"] == "127.0.0.1"
        assert parts["NAME"] == "newsroom"
        assert parts["ENGINE"] == "django.db.backends.postgresql"
        with kombu.Connection(servers.redis_url) as connection:
            queue = connection.SimpleQueue("crown")
            queue.put({"jewel": 1})
            assert queue.get(timeout=5).payload == {"jewel": 1}
            queue.close()


@with_data
def test_options_reach_postgresql(home: Path) -> None:
    with embedded.running(home, fsync=False, postgres_options={"work_mem": "7MB", "log_lock_waits": True}) as servers:
        assert ask(servers, "SHOW fsync") == "off"
        assert ask(servers, "SHOW work_mem") == "7MB"
        assert ask(servers, "SHOW log_lock_waits") == "on"


def test_find_starts_nothing_and_sees_what_runs(home: Path) -> None:
    assert embedded.find(home) is None
    assert not home.exists()
    with embedded.running(home, fsync=False) as servers:
        assert embedded.find(home) == servers
    assert embedded.find(home) is None
    assert started(servers.postgres_pid) is None
    assert started(servers.valkey_pid) is None


@with_data
def test_the_last_of_two_processes_stops_the_servers(home: Path, hold: Callable[..., Holder]) -> None:
    first = hold()
    servers = first.servers()
    second = hold()
    assert second.servers() == servers
    assert set(embedded.holders(home)) == {first.process.pid, second.process.pid}
    assert first.leave() == 0
    assert ask(servers, "SELECT 1") == 1
    assert second.leave() == 0
    assert started(servers.postgres_pid) is None
    assert started(servers.valkey_pid) is None


def test_three_that_come_at_once_get_the_same_servers(hold: Callable[..., Holder]) -> None:
    crowd = [hold(fsync=False) for _ in range(3)]
    assert len({holder.servers() for holder in crowd}) == 1
    assert [holder.leave() for holder in crowd] == [0, 0, 0]


@with_data
def test_what_was_committed_is_there_the_next_time(home: Path) -> None:
    with embedded.running(home) as servers:
        ask(servers, "CREATE TABLE crown (jewel text)")
        ask(servers, "INSERT INTO crown VALUES ('Cullinan')")
    with embedded.running(home) as servers:
        assert ask(servers, "SELECT jewel FROM crown") == "Cullinan"


@with_data
def test_who_needs_safety_is_not_given_servers_without(home: Path) -> None:
    with embedded.running(home, fsync=False, postgres_options={"work_mem": "7MB"}) as servers:
        with pytest.raises(EmbeddedError, match="fsync off"), embedded.running(home):
            pass
        with (
            pytest.raises(EmbeddedError, match="work_mem = 7MB, not 8MB"),
            embedded.running(home, fsync=False, postgres_options={"work_mem": "8MB"}),
        ):
            pass
        assert ask(servers, "SELECT 1") == 1
        assert len(embedded.holders(home)) == 1


def test_a_data_folder_keeps_the_version_that_made_it(home: Path) -> None:
    older = min(wheels.postgres_versions())
    assert older < max(wheels.postgres_versions())
    layout = Layout.of(home)
    layout.make()
    postgres.create(wheels.programs(older), find_place(layout), layout)
    with embedded.running(home, fsync=False) as servers:
        assert int(ask(servers, "SHOW server_version_num")) // 10000 == older


def test_nothing_secret_is_open_to_others(home: Path) -> None:
    with embedded.running(home, fsync=False) as servers:
        secrets = [url.split(":")[2].split("@")[0] for url in (servers.database_url, servers.redis_url)]
        for pid in (servers.postgres_pid, servers.valkey_pid):
            shown = Path(f"/proc/{pid}/cmdline").read_text() + Path(f"/proc/{pid}/environ").read_text()
            assert not [secret for secret in secrets if secret in shown]
        files = [file for file in home.rglob("*") if file.is_file() and "data" not in file.parts]
        assert Layout.of(home).state in files
        assert not [file for file in files if file.stat().st_mode & 0o077]
        assert not (home / "data").stat().st_mode & 0o077
        assert not home.stat().st_mode & 0o066
        with pytest.raises(redis.AuthenticationError):
            redis.Redis.from_url(servers.redis_url.replace(secrets[1], "")).ping()


@with_data
def test_a_port_that_somebody_took_first_is_given_up(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    layout = Layout.of(home)
    with embedded.running(home, fsync=False) as servers:
        taken = int(servers.redis_url.rsplit(":", 1)[1].partition("/")[0])
        place, programs = find_place(layout), wheels.programs(None)
        offers = [taken, free_port()]
        monkeypatch.setattr(valkey, "free_port", lambda: offers.pop(0))
        process, port = valkey.start(programs, place, home / "second.log", "secret", None)
        valkey.stop(process)
        assert port != taken
    offers = [taken, free_port()]
    monkeypatch.setattr(postgres, "free_port", lambda: offers.pop(0))
    blocker, _ = valkey.start(programs, place, home / "blocker.log", "secret", taken)
    server, port = postgres.start(programs, place, home / "second.log", {}, None)
    postgres.stop(server)
    valkey.stop(blocker)
    assert port != taken
    assert wait_until(lambda: server.poll() is not None, 5)

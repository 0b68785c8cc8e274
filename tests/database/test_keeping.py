"""newsroom/database: a connection given back is as good as a new one, and never another process's."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from typing import Any

import psycopg2
import pytest
from django.db import DatabaseError, connection, connections, transaction
from django.test import Client

from newsroom.database import keeping
from newsroom.database.keeping import kept
from tests.browser import until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def two_kept(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    connection.close()
    monkeypatch.setitem(connections["default"].settings_dict, "IDLE", 2)
    monkeypatch.setitem(connections.settings["default"], "IDLE", 2)
    yield
    connection.close()
    kept.close()


def asked(sql: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0] if cursor.description else None


def server_process() -> int:
    return int(asked("SELECT pg_backend_pid()"))


def in_a_thread(work: Callable[[], Any]) -> Any:
    """What ``work`` returns, in a thread that gives its connection back, as a request under ASGI does."""
    found: list[Any] = []

    def run() -> None:
        try:
            found.append(work())
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return found[0]


def running(process: int) -> bool:
    return bool(asked(f"SELECT count(*) FROM pg_stat_activity WHERE pid = {process}"))


def test_one_process_of_the_server_answers_requests_in_any_thread() -> None:
    first = server_process()
    connection.close()
    assert [in_a_thread(server_process) for _ in range(3)] == [first] * 3

    def page() -> int:
        assert Client().get("/").status_code == 200
        return server_process()

    assert in_a_thread(page) == first


@pytest.mark.parametrize(
    ("left", "look", "clean"),
    [
        ("SET statement_timeout = '7s'", "SHOW statement_timeout", "0"),
        ("SELECT pg_advisory_lock(77)", "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'", 0),
        ("PREPARE told AS SELECT 1", "SELECT count(*) FROM pg_prepared_statements", 0),
        ("CREATE TEMP TABLE told (id int)", "SELECT count(*) FROM pg_class WHERE relname = 'told'", 0),
        ("LISTEN told", "SELECT count(*) FROM pg_listening_channels()", 0),
        ("SET TIME ZONE 'Asia/Tokyo'", "SHOW TimeZone", "UTC"),
    ],
)
def test_nothing_of_its_last_user_is_left(left: str, look: str, clean: object) -> None:
    first = server_process()
    asked(left)
    assert asked(look) != clean, "it is there before"
    connection.close()
    assert (server_process(), asked(look)) == (first, clean)


def test_an_open_transaction_is_taken_back() -> None:
    first = server_process()
    transaction.set_autocommit(False)
    asked("CREATE TABLE half_done (id int)")
    connection.close()
    assert (server_process(), transaction.get_autocommit()) == (first, True)
    assert asked("SELECT to_regclass('half_done')") is None


def test_one_that_the_server_ended_is_not_given_out() -> None:
    first = server_process()
    connection.close()
    assert in_a_thread(server_process) == first
    facts = connection.get_connection_params()
    with psycopg2.connect(**{name: facts[name] for name in ("dbname", "user", "password", "host", "port") if name in facts}) as other:  # fmt: skip
        other.cursor().execute("SELECT pg_terminate_backend(%s)", [first])
    until(lambda: not all(keeping._answers(one) for _, _, one in kept._idle), "its farewell has come")
    assert server_process() != first


def test_one_that_failed_or_broke_off_in_a_transaction_goes() -> None:
    first = server_process()
    with pytest.raises(DatabaseError):
        asked("SELECT no_such_function()")
    connection.close()
    second = server_process()
    assert second != first
    with transaction.atomic():
        asked("SELECT 1")
        connection.close()
    connection.close()
    third = server_process()
    assert third != second
    until(lambda: not running(first) and not running(second), "the server has let both go")


def test_no_more_than_asked_for_and_none_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    meet = threading.Barrier(4)

    def at_once() -> None:
        server_process()
        meet.wait(30)
        connection.close()

    threads = [threading.Thread(target=at_once) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(kept._idle) == 2
    first = server_process()
    connection.close()
    now = keeping.time.monotonic()
    monkeypatch.setattr(keeping.time, "monotonic", lambda: now + keeping.IDLE_SECONDS + 1)
    assert server_process() != first
    assert kept._idle == []


def test_each_server_has_its_own() -> None:
    first = server_process()
    connection.close()
    assert kept.take("another") is None
    assert server_process() == first


def test_none_are_kept_where_none_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(connection.settings_dict, "IDLE", 0)
    first = server_process()
    connection.close()
    assert kept._idle == []
    assert server_process() != first


def test_a_fork_takes_none_along_and_ends_none() -> None:
    first = server_process()
    connection.close()
    child = os.fork()
    if not child:
        try:
            empty = kept.take(DatabaseServer.of_this()) is None and kept._idle == []
        finally:
            os._exit(0 if empty else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert server_process() == first


class DatabaseServer:
    @staticmethod
    def of_this() -> Any:
        wrapper: Any = connections["default"]
        return wrapper._server(wrapper.get_connection_params())


def test_the_order_of_joins_is_not_pondered() -> None:
    """Planning a page's story took thirty milliseconds; what is kept is cleaned of all settings, and not of this one."""
    for _ in range(2):
        assert in_a_thread(lambda: asked("SHOW join_collapse_limit")) == "4"

"""Readers while PostgreSQL is frozen or killed, and Valkey with it: real servers, and two real web processes over HTTP."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import json
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
import pytest
from django.conf import LazySettings

from newsroom import embedded, pagecache
from newsroom.embedded.place import Layout
from newsroom.embedded.state import read_state
from tests.browser import Process, free_port
from tests.faults.conftest import copy
from tests.faults.demo import Demo, folder, until

READERS = 1000
PATIENCE = 2  # seconds that a reader waits for a page


@dataclass
class House:
    """Two web processes on a pair of servers of their own."""

    origin: str
    servers: embedded.Servers
    keeper: int
    counted: Path
    stories: list[tuple[int, str]]
    stopped: set[int]

    def get(self, path: str, **headers: str) -> Answer:
        began = time.monotonic()
        connection = http.client.HTTPConnection(urlsplit(self.origin).netloc, timeout=60)
        try:
            connection.request("GET", path, headers=headers)
            found = connection.getresponse()
            headers = {name.lower(): value for name, value in found.getheaders()}
            return Answer(found.status, headers, found.read().decode(), time.monotonic() - began)
        finally:
            connection.close()

    def herd(self, path: str) -> tuple[Counter[tuple[int, str, bool]], float]:
        """A thousand readers at once, each with a line of their own; what they got: status, ETag, stale."""
        host, port = urlsplit(self.origin).netloc.split(":")

        async def read() -> tuple[int, str, bool]:
            reader, writer = await asyncio.open_connection(host, int(port))
            writer.write(f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n\r\n".encode())
            head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
            await reader.read()
            writer.close()
            lines = dict(line.split(": ", 1) for line in head.split("\r\n")[1:] if ": " in line)
            return int(head.split()[1]), lines.get("etag", ""), lines.get("x-page") == "stale"

        async def all_of_them() -> list[tuple[int, str, bool]]:
            return await asyncio.gather(*(read() for _ in range(READERS)))

        began = time.monotonic()
        return Counter(asyncio.run(all_of_them())), time.monotonic() - began

    def answers(self, site: Process) -> bool:
        site.must_live()
        try:
            return self.get("/about/sources/").status == 200
        except OSError:
            return False

    def purge(self, pk: int, *, gone: bool = False) -> None:
        """Have a story's pages be stale, and wait until no process trusts its copy any more."""
        pagecache.purge(f"story:{pk}", gone=gone)
        time.sleep(1.05)

    def renderings(self, path: str) -> int:
        return self.counted.read_text().splitlines().count(path)

    def processes(self) -> list[int]:
        """PostgreSQL with everyone who serves a connection."""
        parent = self.servers.postgres_pid
        return [parent, *map(int, Path(f"/proc/{parent}/task/{parent}/children").read_text().split())]

    def stop(self, *pids: int) -> None:
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
            self.stopped.add(pid)

    def go_on(self) -> None:
        for pid in self.stopped:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)
        self.stopped.clear()

    def kill(self, *pids: int) -> None:
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    text: str
    seconds: float

    @property
    def stale(self) -> bool:
        return self.headers.get("x-page") == "stale"


@pytest.fixture
def house(prepared: Path, settings: LazySettings) -> Iterator[House]:
    with folder() as parent:
        copy(prepared, parent / "home")
        demo = Demo(parent / "home")
        try:
            yield from opened(demo, settings)
        finally:
            demo.put_away()


def opened(demo: Demo, settings: LazySettings) -> Iterator[House]:
    place, port = demo.home / "servers", free_port()
    with embedded.running(place, fsync=False) as servers:
        state = read_state(Layout(place))
        assert state
        settings.REDIS_URL = servers.redis_url
        connection = psycopg2.connect(servers.database_url)
        with connection, connection.cursor() as cursor:
            cursor.execute(
                "SELECT s.id, '/' || c.slug || '/' || s.slug || '/' FROM articles_story s"
                " JOIN articles_section c ON c.id = s.section_id WHERE s.published_revision_id IS NOT NULL ORDER BY s.id"
            )
            stories = cursor.fetchall()
        connection.close()
        origin, counted = f"http://127.0.0.1:{port}", demo.home / "counted"
        environment = demo.environment | {
            "ORIGIN": origin,
            "DATABASE_URL": servers.database_url,
            "REDIS_URL": servers.redis_url,
            "PAGE_PATIENCE": str(PATIENCE),
        }
        command = ["-m", "granian", "--interface", "asginl", "--host", "127.0.0.1", "--port", str(port), "--no-ws"]
        command += ["--workers", "2", "--workers-kill-timeout", "1", "tests.faults.counted:application"]
        site = Process("The site", command, environment, demo.home / "site.log")
        made = House(origin, servers, state.keeper.pid, counted, stories, set())
        try:
            until(lambda: made.answers(site), "the site answers")
            yield made
        except BaseException:
            sys.stderr.write(site.log.read_text()[-6000:])
            raise
        finally:
            site.end()
            made.go_on()


def regrets(answer: Answer) -> None:
    assert answer.status == 503
    assert int(answer.headers["retry-after"]) > 0
    assert answer.headers["cache-control"] == "no-store"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "We cannot show this at the moment" in answer.text


def marked(answer: Answer) -> None:
    assert (answer.status, answer.stale) == (200, True)
    assert answer.headers["warning"].startswith("110")
    assert int(answer.headers["age"]) >= 1
    assert "no-cache" in answer.headers["cache-control"]


def test_readers_while_postgresql_is_frozen_killed_and_valkey_too(house: House) -> None:
    (pk, story), (withdrawn_pk, withdrawn), (_, unknown), *_ = house.stories

    # Everything runs. A thousand readers on a page that was just purged, in two processes: one rendering.
    for path in (story, withdrawn):
        house.herd(path)
        assert house.get(path).status == 200
    house.purge(pk)
    before = house.renderings(story)
    got, _ = house.herd(story)
    ((status, etag, stale),) = got
    assert (status, stale, bool(etag), got.total()) == (200, False, True, READERS)
    assert house.renderings(story) == before + 1

    # PostgreSQL is frozen: its connections stand and say nothing.
    house.stop(*house.processes())
    house.purge(pk)
    before = house.renderings(story)
    first = house.get(story)
    marked(first)
    assert first.seconds < PATIENCE + 5, "a reader waits for a page for so long, and no longer"
    got, seconds = house.herd(story)
    assert {(status, stale) for status, _, stale in got} == {(200, True)}
    assert seconds < 10 * PATIENCE
    assert house.renderings(story) <= before + 2, "while one hangs in a process, none is begun there"
    for _ in range(10):
        assert house.get(story).seconds < PATIENCE, "nobody waits any more"
    regrets(house.get(unknown))

    # A withdrawal is heard of all the same, and the old page is not given.
    house.purge(withdrawn_pk, gone=True)
    for _ in range(6):
        regrets(house.get(withdrawn))

    # It goes on: what hung is finished, and readers have the present page.
    house.go_on()
    until(lambda: not house.get(story).stale, "the story is drawn again")
    until(lambda: not any(house.get(path).status == 503 for path in (unknown, withdrawn)), "and so is all else")

    # PostgreSQL is killed, and stays away as long as its keeper is kept from starting it again.
    house.herd(story)
    house.stop(house.keeper)
    house.kill(*house.processes())
    house.purge(pk)
    before = house.renderings(story)
    got, _ = house.herd(story)
    assert {(status, stale) for status, _, stale in got} == {(200, True)}
    assert house.renderings(story) <= before + 10, "whoever is away is asked once a second by each process"
    marked(house.get(story))
    for path in ("/search/?q=tour", "/desk/sign-in/", house.stories[3][1]):
        regrets(house.get(path))
    answer = house.get("/desk/sign-in/", Accept="application/json")
    assert (answer.status, json.loads(answer.text)["error"]) == (503, "away")
    assert answer.headers["cache-control"] == "no-store"

    # Valkey as well: what a process has it gives, and nothing that it knows to be withdrawn.
    house.kill(house.servers.valkey_pid)
    time.sleep(1.05)
    for _ in range(6):
        marked(house.get(story))
        assert house.get(story).seconds < PATIENCE
    regrets(house.get(house.stories[4][1]))

    # Both are started again.
    house.go_on()
    until(lambda: (answer := house.get(story)).status == 200 and not answer.stale, "the story is drawn again")
    assert house.get(house.stories[4][1]).status == 200

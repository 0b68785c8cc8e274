"""The streams as a server holds them: through the page cache, and to their end."""

from __future__ import annotations

import http.client
import json
import os
import signal
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.utils import timezone

from articles import posting
from newsroom import live
from tests.browser import until
from tests.browser.processes import Process, answers, log_of, start_site
from tests.factories import articles as make
from tests.factories.accounts import person

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def served(
    request: pytest.FixtureRequest, surroundings: dict[str, str], ready: Any, tmp_path: Path
) -> Iterator[Process]:
    process = start_site(surroundings, log_of(request, tmp_path, "site"), ready, patience=10)
    port = int(surroundings["ORIGIN"].rsplit(":", 1)[1])
    until(lambda: answers(port, "/health/"), "the site answers", alive=process.must_live)
    yield process
    process.end()


def ask(path: str, origin: str) -> tuple[http.client.HTTPConnection, http.client.HTTPResponse]:
    connection = http.client.HTTPConnection(urlsplit(origin).netloc, timeout=20)
    connection.request("GET", path)
    return connection, connection.getresponse()


def event(answer: http.client.HTTPResponse) -> tuple[str, dict[str, Any]]:
    lines: dict[str, str] = {}
    while line := answer.readline().decode().strip("\n"):
        name, _, value = line.partition(": ")
        lines[name] = value
    return lines["event"], json.loads(lines["data"])


def test_a_change_reaches_an_open_page_and_the_server_ends_all_the_same(
    served: Process, surroundings: dict[str, str]
) -> None:
    origin = surroundings["ORIGIN"]
    story = make.published_story(body="<p>Words.</p>", live=True, at=timezone.now() - timedelta(hours=1))
    address = f"/live/story/{story.pk}/"
    states = []
    for _ in range(3):  # from the second on it comes from the page cache
        connection, answer = ask(address, origin)
        states.append(json.loads(answer.read()))
        tag, kept = answer.headers["ETag"], answer.headers["Surrogate-Key"]
        connection.close()
    assert states[0] == states[1] == states[2]
    assert f"story:{story.pk}" in kept.split()
    connection, stream = ask(f"{address}events/?at={states[0]['digest']}", origin)
    assert (stream.status, stream.headers["Content-Type"]) == (200, "text/event-stream")
    assert event(stream)[0] == "same"
    posting.post(story_id=story.pk, person=person("editor"), words="The King is here.", at=timezone.now())
    live.purge(f"story:{story.pk}")
    name, data = event(stream)
    assert name == "change"
    assert "The King is here." in str(data["put"])
    time.sleep(1.1)  # as long as a process may be behind (promise 23)
    other, answer = ask(address, origin)
    assert json.loads(answer.read())["digest"] == data["after"]
    assert answer.headers["ETag"] != tag
    other.close()

    os.kill(served.pid, signal.SIGTERM)
    # Told to end. A server that waits for a stream without end tears it off at last, and that is an IncompleteRead.
    assert stream.read() == b""
    connection.close()
    assert served.started.wait(15) is not None

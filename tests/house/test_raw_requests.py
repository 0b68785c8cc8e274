"""What stands before Django answers what no browser sends: streams of open pages, the page cache, the server (domain 24).

``test_malformed.py`` asks Django itself. Here bytes go to the port of a real site, through all that is in front of it.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.utils import timezone

from tests.browser import until
from tests.browser.processes import Process, answers, log_of, start_site
from tests.factories import articles as make

pytestmark = pytest.mark.django_db(transaction=True)

QUERIES = [b"", b"?%00", b"?page=%ff%fe", b"?page=\xff\xfe", b"?at=%ed%a0%80", b"?" + b"&" * 500, b"?q=" + b"9" * 5000]
HEADERS = [
    b"Accept-Encoding: \xff\xfe, br;q=NaN, gzip;q=" + b"9" * 400,
    b"Accept-Encoding: " + b"," * 2000,
    b'If-None-Match: "' + b"x" * 5000,
    b'If-None-Match: W/"", ,, \xe9',
    b"If-Modified-Since: Mon, 99 Foo 0000 99:99:99 GMT",
    b"If-Modified-Since: Thu, 01 Jan 99999 00:00:00 GMT",
    b"Range: bytes=-1-99999999999999999999",
    b"Cookie: sessionid=\x80\x81; =; csrftoken=" + b"x" * 3000,
    b"X-Forwarded-For: ::1%eth0, 999.999.999.999, \xff",
    b"X-Forwarded-Proto: \xff",
    b'Forwarded: for="[::',
    b"Last-Event-ID: \xff\xfe" + b"9" * 3000,
    b"Content-Length: 0\r\nContent-Type: \xff/\xff; charset=\x80",
    b"Accept: \xff/*;q=\xff",
    b"Save-Data: \xff",
]
METHODS = [b"HEAD", b"OPTIONS", b"PURGE", b"TRACE", b"POST", b"get", b"G\x80T"]


@pytest.fixture
def site(
    request: pytest.FixtureRequest, surroundings: dict[str, str], ready: Any, tmp_path: Path
) -> Iterator[tuple[int, Process, Path]]:
    log = log_of(request, tmp_path, "site")
    process = start_site(surroundings, log, ready)
    port = urlsplit(surroundings["ORIGIN"]).port or 0
    until(lambda: answers(port, "/health/"), "the site answers", alive=process.must_live)
    yield port, process, log
    process.end()


def said(port: int, request: bytes) -> int:
    """The status that is answered to these bytes; 0 where the server closes without an answer."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as line:
        line.sendall(request)
        begun = b""
        while b"\r\n" not in begun and (more := line.recv(4096)):  # a stream has no end: its first line is enough
            begun += more
    return int(begun.split(b" ", 2)[1]) if begun else 0


def test_nothing_before_django_breaks(site: tuple[int, Process, Path]) -> None:
    port, process, log = site
    story = make.published_story(live=True, at=timezone.now() - timedelta(hours=1))
    host = f"Host: 127.0.0.1:{port}\r\n".encode()
    live = f"/live/story/{story.pk}/".encode()
    # From memory, kept; a list; polled; a stream; never kept; a file; nothing.
    paths = [story.path.encode(), b"/", live, live + b"events/", b"/desk/", b"/static/nothing.css", b"/nowhere/"]
    paths += [
        b"/live/story/" + b"9" * 400 + b"/events/",
        b"/live/%00/1/events/",
        b"/%ff%fe/\xed\xa0\x80/",
        b"//",
        b"/" + b"x" * 3000,
    ]
    broken: list[tuple[bytes, int]] = []

    def ask(request: bytes) -> None:
        status = said(port, request)
        if status >= 500:
            broken.append((request[:120], status))

    for path in paths:
        for query in QUERIES:
            ask(b"GET " + path + query + b" HTTP/1.1\r\n" + host + b"\r\n")
        for method in METHODS:
            ask(method + b" " + path + b" HTTP/1.1\r\n" + host + b"Content-Length: 0\r\n\r\n")
    for path in paths[:5]:
        for header in HEADERS:
            ask(b"GET " + path + b" HTTP/1.1\r\n" + host + header + b"\r\n\r\n")
    for line in (
        b"GET / HTTP/1.0\r\n",
        b"GET http://evil.example/ HTTP/1.1\r\nHost: evil.example\r\n",
        b"GET / HTTP/1.1\r\n",
    ):
        ask(line + b"\r\n")
    ask(b"GET / HTTP/1.1\r\n" + host + host + b"\r\n")
    assert not broken
    process.must_live()
    assert said(port, b"GET " + story.path.encode() + b" HTTP/1.1\r\n" + host + b"\r\n") == 200
    assert "Traceback" not in log.read_text(errors="replace")

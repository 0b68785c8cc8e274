"""The demo's visitor, when the site hangs up, is being started or stays away."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator

import pytest

from newsroom.demo import visitor
from newsroom.demo.visitor import Visitor
from tests.browser import free_port


class Site:
    """A site that hangs up on the first visitors, and counts what it was sent."""

    def __init__(self, hangs_up: int) -> None:
        self.asked: list[bytes] = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.origin = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.hangs_up = hangs_up
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                line, _ = self.listener.accept()
            except OSError:
                return
            with line:
                self.asked.append(line.recv(65536))
                if len(self.asked) > self.hangs_up:
                    line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\nhere")


@pytest.fixture
def site() -> Iterator[Callable[[int], Site]]:
    made: list[Site] = []

    def make(hangs_up: int) -> Site:
        made.append(Site(hangs_up))
        return made[-1]

    yield make
    for one in made:
        one.listener.close()


def test_a_page_is_asked_for_again_when_the_line_breaks(site: Callable[[int], Site]) -> None:
    there = site(2)
    assert Visitor(there.origin).get("/").text == "here"
    assert len(there.asked) == 3


def test_a_form_is_never_sent_again_when_the_line_breaks(site: Callable[[int], Site]) -> None:
    there = site(1)
    with pytest.raises(ConnectionError, match=r"^POST /sign-up/: "):
        Visitor(there.origin).post("/sign-up/", {"email": "alice@example.org"})
    assert len(there.asked) == 1


def test_a_form_waits_for_a_site_that_is_being_started(site: Callable[[int], Site]) -> None:
    port = free_port()
    late: list[Site] = []

    def start() -> None:
        there = Site.__new__(Site)
        there.asked, there.hangs_up, there.listener = [], 0, socket.create_server(("127.0.0.1", port))
        late.append(there)
        there._serve()

    timer = threading.Timer(0.5, start)
    timer.daemon = True  # accept() does not hear that its socket is closed
    timer.start()
    try:
        assert Visitor(f"http://127.0.0.1:{port}").post("/sign-up/", {"email": "alice@example.org"}).text == "here"
    finally:
        timer.cancel()
        for there in late:
            there.listener.close()
    assert [len(there.asked) for there in late] == [1]


def test_a_site_that_stays_away_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visitor, "PATIENCE", 0.3)
    with pytest.raises(ConnectionError, match="Connection refused"):
        Visitor(f"http://127.0.0.1:{free_port()}").get("/")

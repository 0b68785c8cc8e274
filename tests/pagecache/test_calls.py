"""Calling another company's server: what is told of a refusal, and one that is away holds nobody up."""

from __future__ import annotations

import http.server
import socket
import threading
from collections.abc import Iterator

import pytest

from newsroom import calls


class Echo(http.server.BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        said = f"No: {self.headers['Authorization']}".encode()
        self.send_response(401)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *said: object) -> None:
        pass


@pytest.fixture
def echo() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


def test_a_server_that_repeats_what_it_was_sent_tells_no_secret(echo: str) -> None:
    with pytest.raises(calls.NotTaken) as refused:
        calls.call(echo, headers={"Authorization": "Bearer hush-hush"})
    assert refused.value.status == 401
    assert "No: " in str(refused.value)
    assert "hush" not in str(refused.value)


def test_one_that_is_away_is_not_asked_again_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        where = f"127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(calls.NotTaken, match="does not answer"):
        calls.call(f"http://{where}/", headers={})
    with pytest.raises(calls.NotTaken, match="a moment ago"):
        calls.call(f"http://{where}/", headers={})
    monkeypatch.setitem(calls._away, where, 0.0)  # and later it is
    with pytest.raises(calls.NotTaken, match="does not answer"):
        calls.call(f"http://{where}/", headers={})

"""Another company's server on this machine: it speaks real HTTP and keeps what it was sent."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Heard:
    """One request. headers: names in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: str


@dataclass
class Recorder:
    """``heard``: the requests, in order. ``answers``: the statuses of the next ones; 200 when there is none left."""

    host: str
    heard: list[Heard] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)


@contextmanager
def recorder() -> Iterator[Recorder]:
    class Handler(BaseHTTPRequestHandler):
        def take(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            headers = {name.lower(): value for name, value in self.headers.items()}
            kept.heard.append(Heard(self.command, self.path, headers, self.rfile.read(length).decode()))
            status = kept.answers.pop(0) if kept.answers else 200
            self.send_response(status)
            if status in (301, 302, 307):
                self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "4")
            self.end_headers()
            self.wfile.write(b"said")

        do_GET = do_POST = do_PURGE = take

        def log_message(self, *rest: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    kept = Recorder(f"127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield kept
    finally:
        server.shutdown()
        thread.join()
        server.server_close()

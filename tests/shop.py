"""A shop on this machine that speaks real HTTP: pages with schema.org data, redirects, errors, and bad manners."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Answer:
    """What a path answers. drip: seconds between its bytes."""

    body: str = ""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    drip: float = 0.0


class Shop:
    """``shop.pages["/coat"] = Answer(...)``; ``shop.asked`` are the paths that were asked for, in order."""

    def __init__(self, server: ThreadingHTTPServer) -> None:
        self.pages: dict[str, Answer] = {}
        self.asked: list[str] = []
        self.agents: list[str] = []
        self.closing = threading.Event()
        self.origin = f"http://127.0.0.1:{server.server_address[1]}"

    def sells(self, path: str, **offer: Any) -> str:
        """Put a product page there; return its address."""
        self.pages[path] = Answer(product_page(**offer))
        return f"{self.origin}{path}"

    def leads(self, path: str, to: str, status: int = 301) -> str:
        self.pages[path] = Answer(status=status, headers={"Location": to})
        return f"{self.origin}{path}"


def product_page(**offer: Any) -> str:
    told = {
        "@context": "https://schema.org",
        "@graph": [
            {"@type": "BreadcrumbList"},
            {"@type": ["Product"], "name": "Coat", "offers": {"@type": "Offer", "priceCurrency": "GBP", **offer}},
        ],
    }
    return f'<!doctype html><title>Coat</title><script type="application/ld+json">{json.dumps(told)}</script><p>Coat.'


@contextmanager
def open_shop() -> Iterator[Shop]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            shop.asked.append(self.path)
            shop.agents.append(self.headers.get("User-Agent", ""))
            answer = shop.pages.get(self.path, Answer("Nothing here.", 404))
            body = answer.body.encode()
            self.send_response(answer.status)
            for name, value in {"Content-Type": "text/html; charset=utf-8", **answer.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            try:
                if answer.drip:
                    for byte in body:
                        self.wfile.write(bytes([byte]))
                        self.wfile.flush()
                        if shop.closing.wait(answer.drip):
                            return
                else:
                    self.wfile.write(body)
            except OSError:  # the visitor has gone
                pass

        def log_message(self, *rest: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    shop = Shop(server)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield shop
    finally:
        shop.closing.set()
        server.shutdown()
        server.server_close()
        thread.join()

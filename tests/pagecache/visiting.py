"""A reader who speaks raw ASGI to the page cache."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.asgi import get_asgi_application

from newsroom.pagecache.asgi import PageCache
from newsroom.pagecache.copies import Gone


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def stale(self) -> bool:
        return self.headers.get("x-page") == "stale"


def process() -> PageCache:
    """Return what one web process is: a page cache with memories of its own over the site."""
    return PageCache(get_asgi_application(), gone=Gone())


async def get(
    app: PageCache,
    path: str,
    *,
    method: str = "GET",
    query: str = "",
    scheme: str = "http",
    hangs_up: bool = False,
    more: Sequence[tuple[str, str]] = (),
    heard: list[Any] | None = None,
    **headers: str,
) -> Answer:
    sent: list[dict[str, Any]] = [] if heard is None else heard
    given = {"host": "127.0.0.1:8000"} | {name.replace("_", "-"): value for name, value in headers.items()}
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": scheme,
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": query.encode(),
        "headers": [(name.encode(), value.encode()) for name, value in [*given.items(), *more] if value],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 8000),
    }
    asked = False

    async def receive() -> dict[str, Any]:
        nonlocal asked
        if not asked:
            asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        if hangs_up:
            return {"type": "http.disconnect"}
        return await asyncio.get_running_loop().create_future()

    async def send(message: Any) -> None:
        sent.append(message)

    await app(scope, receive, send)
    if hangs_up:
        return Answer(0, {}, b"")
    start = sent[0]
    return Answer(
        start["status"],
        {bytes(n).decode().lower(): bytes(v).decode() for n, v in start["headers"]},
        b"".join(m.get("body", b"") for m in sent[1:]),
    )

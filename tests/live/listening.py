"""An open page that speaks raw ASGI to the streams."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

from asgiref.sync import sync_to_async
from django.db import connection

from articles.models import Story
from newsroom.live.models import Followed
from newsroom.live.streams import Streams


async def nothing(scope: Any, receive: Any, send: Any) -> None:
    """What stands behind the streams in these tests."""
    await send({"type": "http.response.start", "status": 404, "headers": []})
    await send({"type": "http.response.body", "body": b"", "more_body": False})


@dataclass
class Open:
    """A page that is open. ``events``: (name, data) of each, in order."""

    task: asyncio.Task[None]
    status: int = 0
    headers: dict[bytes, bytes] = field(default_factory=dict)
    raw: bytes = b""
    ended: bool = False
    hangs: asyncio.Event = field(default_factory=asyncio.Event)
    reads: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def events(self) -> list[tuple[str, dict[str, Any]]]:
        found = []
        for block in self.raw.decode().split("\n\n"):
            lines = dict(line.split(": ", 1) for line in block.split("\n") if ": " in line and not line.startswith(":"))
            if lines.get("event", "beat") != "beat":
                data = json.loads(lines["data"])
                assert lines["id"] == str(data["version"])
                found.append((lines["event"], data))
        return found

    @property
    def names(self) -> list[str]:
        return [name for name, _ in self.events]

    async def until(self, number: int, seconds: float = 10) -> list[tuple[str, dict[str, Any]]]:
        """Wait until so many events have come."""
        async with asyncio.timeout(seconds):
            while len(self.events) < number:
                await asyncio.sleep(0.01)
        return self.events


@contextlib.asynccontextmanager
async def opened(
    streams: Streams, story: int, at: str = "", *, address: str = "192.0.2.1", reads: bool = True
) -> AsyncIterator[Open]:
    """A story's page is open until the block ends. reads: False: it takes nothing of what it is sent."""
    scope = {
        "type": "http",
        "method": "GET",
        "path": f"/live/story/{story}/events/",
        "query_string": f"at={at}".encode(),
        "headers": [],
        "client": (address, 1),
    }
    page: Open

    async def receive() -> dict[str, Any]:
        await page.hangs.wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            page.status, page.headers = message["status"], dict(message["headers"])
            return
        await page.reads.wait()
        page.raw += message["body"]
        page.ended = not message["more_body"]

    page = Open(asyncio.ensure_future(streams(scope, receive, send)))
    if reads:
        page.reads.set()
    try:
        async with asyncio.timeout(10):
            while not page.status and not page.task.done():
                await asyncio.sleep(0.005)
        yield page
    finally:
        page.hangs.set()
        page.reads.set()
        with contextlib.suppress(asyncio.CancelledError):
            async with asyncio.timeout(10):
                await page.task


@contextlib.asynccontextmanager
async def process() -> AsyncIterator[Streams]:
    made = Streams(nothing)
    try:
        yield made
    finally:
        await made.hub().close()


def run(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(work())


def aside(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function in a thread, with a connection that it gives back."""

    def called(*args: Any) -> Any:
        try:
            return function(*args)
        finally:
            connection.close()

    return sync_to_async(called, thread_sensitive=False)


def state(story: Story) -> str:
    return Followed.objects.get(pk=f"story:{story.pk}").digest

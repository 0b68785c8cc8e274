"""How many requests Django works on at once. Each takes a thread, and most a connection to PostgreSQL."""

from __future__ import annotations

import asyncio

from newsroom.pagecache.rendering import App, Receive, Scope, Send

AT_ONCE = 64  # of a process. The server itself lets thousands in, for open pages cost nearly nothing (live.streams)
PATIENCE = 10.0  # seconds that a request waits for its turn
_BUSY = b"Too much is going on at this moment. Try again in a few seconds.\n"


class Room:
    """An ASGI application that lets AT_ONCE requests through to another; the next wait, and are turned away at last.

    Args:
        app: what answers.
    """

    def __init__(self, app: App) -> None:
        self.app = app
        self._turns: tuple[asyncio.AbstractEventLoop, asyncio.Semaphore] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        turn = self._turn()
        try:
            await asyncio.wait_for(turn.acquire(), PATIENCE)
        except TimeoutError:
            headers = [
                (b"content-type", b"text/plain; charset=utf-8"),
                (b"content-length", str(len(_BUSY)).encode()),
                (b"cache-control", b"no-store"),
                (b"retry-after", b"5"),
            ]
            await send({"type": "http.response.start", "status": 503, "headers": headers})
            body = b"" if scope["method"] == "HEAD" else _BUSY
            await send({"type": "http.response.body", "body": body, "more_body": False})
            return
        try:
            await self.app(scope, receive, send)
        finally:
            turn.release()

    def _turn(self) -> asyncio.Semaphore:
        loop = asyncio.get_running_loop()
        if self._turns is None or self._turns[0] is not loop:
            self._turns = (loop, asyncio.Semaphore(AT_ONCE))
        return self._turns[1]

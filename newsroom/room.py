"""How many requests Django works on at once. Each takes a thread, and most a connection to PostgreSQL."""

from __future__ import annotations

import asyncio

from django.conf import settings

from newsroom import unavailable
from newsroom.pagecache.rendering import App, Line, Receive, Scope, Send

AT_ONCE = 64  # of a process. The server itself lets thousands in, for open pages cost nearly nothing (live.streams)
PATIENCE = 10.0  # seconds that a request waits for its turn
READING = {"GET", "HEAD"}


class Room:
    """An ASGI application that lets AT_ONCE requests through to another; the next wait, and are turned away at last.

    Who only reads is also told so when nothing has come for ten times as long as readers wait for a page. The work goes
    on and keeps its place: a thread that waits for PostgreSQL cannot be ended.

    Args:
        app: what answers.
    """

    def __init__(self, app: App) -> None:
        self.app = app
        self.longest = 10.0 * settings.PAGE_PATIENCE
        self._turns: tuple[asyncio.AbstractEventLoop, asyncio.Semaphore] | None = None
        self._working: set[asyncio.Task[None]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        turn = self._turn()
        try:
            await asyncio.wait_for(turn.acquire(), PATIENCE)
        except TimeoutError:
            await _regret(scope, send)
            return
        if scope["method"] not in READING:
            await self._work(turn, scope, receive, send)
            return
        line = Line(send)
        work = asyncio.create_task(self._work(turn, scope, receive, line))
        self._working.add(work)
        work.add_done_callback(self._over)
        try:
            await asyncio.wait([work], timeout=self.longest)
            if work.done() or line.begun:
                await work
                return
        except asyncio.CancelledError:
            work.cancel()
            raise
        line.closed = True
        await _regret(scope, send)

    async def _work(self, turn: asyncio.Semaphore, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self.app(scope, receive, send)
        finally:
            turn.release()

    def _over(self, work: asyncio.Task[None]) -> None:
        self._working.discard(work)
        if not work.cancelled():
            work.exception()  # nobody may be left who waits for it

    def _turn(self) -> asyncio.Semaphore:
        loop = asyncio.get_running_loop()
        if self._turns is None or self._turns[0] is not loop:
            self._turns = (loop, asyncio.Semaphore(AT_ONCE))
        return self._turns[1]


async def _regret(scope: Scope, send: Send) -> None:
    for message in unavailable.messages(scope["method"]):
        await send(message)

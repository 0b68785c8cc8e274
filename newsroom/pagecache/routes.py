"""On which routes there are pages, learnt from what the views answer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from time import monotonic

from newsroom.pagecache.asking import route_of
from newsroom.pagecache.handover import Handover, rendering
from newsroom.pagecache.page import kept_headers
from newsroom.pagecache.rendering import App, Message, Receive, Scope, Send

PATIENCE = 5.0  # seconds that a request waits for what the first on its route learns


class Routes:
    """What one process knows of its routes.

    Arguments:
        app: what answers.
        held: says whether Redis holds a page under a key.
    """

    def __init__(self, app: App, held: Callable[[str], Awaitable[bool]]) -> None:
        self.known: dict[str, bool] = {}
        self._app, self._held = app, held
        self._firsts: dict[str, asyncio.Future[None]] = {}

    async def has_pages(self, scope: Scope, key: str, receive: Receive, send: Send) -> bool:
        """Say whether pages stand on this request's route; if not, Django has answered the request.

        The first request on a route that nobody has asked yet is watched, and the others of that moment wait for what
        it learns: a process that starts under load renders a page once, not once per waiting reader. When a view kept
        what it answered, that answer is dropped: it was made for this reader. The page for everybody follows, so the
        first reader of a route has to do with the same ETag as the second.
        """
        route = route_of(scope["path"])
        if route is None:
            await self._app(scope, receive, send)
            return False
        deadline = monotonic() + PATIENCE
        while route not in self.known and (first := self._firsts.get(route)) and monotonic() < deadline:
            await asyncio.wait([first], timeout=deadline - monotonic())
        if self.known.get(route):
            return True
        first = asyncio.get_running_loop().create_future()
        new = route not in self.known
        if new:
            self._firsts[route] = first
        try:
            if new and await self._held(key):
                self.known[route] = True
                return True
            box = Handover(watched=True)
            passing, status = True, 0

            async def give(message: Message) -> None:
                nonlocal passing, status
                if message["type"] == "http.response.start":
                    status = message["status"]
                    passing = box.tags is None or kept_headers(message["status"], message["headers"]) is None
                if passing:
                    await send(message)

            token = rendering.set(box)
            try:
                await self._app(scope, receive, give)
            finally:
                rendering.reset(token)
            # A reader who hung up taught nothing, nor did an error: what is not there, or a database that is away, says
            # nothing of the route's other addresses. The next one is watched in their place.
            if box.tags is not None or 0 < status < 400:
                self.known[route] = box.tags is not None or self.known.get(route, False)
            return not passing
        finally:
            if not first.done():
                first.set_result(None)
            if self._firsts.get(route) is first:
                del self._firsts[route]

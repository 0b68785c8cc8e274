"""Server-sent events, answered before Django: an open page costs a queue and two small tasks, no thread and no query."""

from __future__ import annotations

import asyncio
import logging
import re
import signal
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from time import monotonic
from typing import Any
from urllib.parse import parse_qs

from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import connection

from newsroom.limits.addresses import address, network
from newsroom.live import following, registry
from newsroom.live.hub import Hub, Listener, Versions
from newsroom.live.models import Followed
from newsroom.pagecache.rendering import App, Receive, Scope, Send

log = logging.getLogger(__name__)

PATH = re.compile(r"/live/([a-z]+)/([0-9]{1,18})/events/")
MOST = 10_000  # open pages of a process; the next ones poll
PER_NETWORK = 500  # of one address: a company behind one, or a phone network's gateway; more of them poll
LATER = 60  # seconds after which a page that was turned away may try again
HEADERS = [
    (b"content-type", b"text/event-stream"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),  # nginx would hold back what is sent until a buffer is full
    (b"x-content-type-options", b"nosniff"),
    (b"cross-origin-resource-policy", b"same-origin"),
]


class Streams:
    """An ASGI application that holds the streams of open pages and passes everything else on.

    Args:
        app: what answers everything else.
    """

    def __init__(self, app: App) -> None:
        self.app = app
        self.networks: Counter[str] = Counter()
        self._hubs: tuple[asyncio.AbstractEventLoop, Hub] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith("/live/") or scope["method"] != "GET":
            await self.app(scope, receive, send)
            return
        found = PATH.fullmatch(scope["path"])
        if found is None or not registry.registered(found[1]):
            await self.app(scope, receive, send)
            return
        await self._stream(f"{found[1]}:{int(found[2])}", scope, receive, send)

    async def _stream(self, topic: str, scope: Scope, receive: Receive, send: Send) -> None:
        headers = dict(scope["headers"])
        client = scope.get("client") or ("",)
        asking = network(address(client[0], headers.get(b"x-forwarded-for", b"").decode("latin-1")))
        hub = self.hub()
        if hub.open >= MOST or self.networks[asking] >= PER_NETWORK:
            await _refuse(send, 503 if hub.open >= MOST else 429)
            return
        self.networks[asking] += 1
        try:
            try:
                listener = await hub.join(topic, _shown(scope))
            except Exception as error:
                log.warning("The version of %s is not known (%s).", topic, error)
                await _refuse(send, 503)
                return
            if listener is None and hub.ending:
                await _refuse(send, 503)
                return
            if listener is None:
                await self.app(scope, receive, send)  # no such page: Django says it as everywhere
                return
            try:
                await _follow(listener, receive, send)
            finally:
                hub.leave(listener)
        finally:
            self.networks[asking] -= 1
            if not self.networks[asking]:
                del self.networks[asking]

    def hub(self) -> Hub:
        """The hub of the running event loop."""
        loop = asyncio.get_running_loop()
        if self._hubs is None or self._hubs[0] is not loop:
            hub = Hub(settings.REDIS_URL, versions, begin)
            self._hubs = (loop, hub)
            _end_with_the_process(loop, hub)
        return self._hubs[1]


async def _follow(listener: Listener, receive: Receive, send: Send) -> None:
    """Send what the listener is given until it is ended or its page is closed."""
    watching = asyncio.ensure_future(_closed(receive, listener))
    try:
        await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
        while taken := await listener.take():
            # A page that reads slowly is waited for here, and by nobody else.
            listener.sending, listener.sent = True, monotonic()
            await send({"type": "http.response.body", "body": taken, "more_body": True})
            listener.sending, listener.sent = False, monotonic()
        await send({"type": "http.response.body", "body": b"", "more_body": False})
    finally:
        watching.cancel()


async def _closed(receive: Receive, listener: Listener) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    listener.end()


async def _refuse(send: Send, status: int) -> None:
    headers = [(b"retry-after", str(LATER).encode()), (b"cache-control", b"no-store"), (b"content-length", b"0")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b"", "more_body": False})


def _shown(scope: Scope) -> str:
    """The digest of what the page shows, from its address."""
    return parse_qs(scope["query_string"].decode("latin-1")).get("at", [""])[-1]


def _end_with_the_process(loop: asyncio.AbstractEventLoop, hub: Hub) -> None:
    """Close the streams when the process is told to end: the server waits for every open answer, and these have no end.

    The server's own handler stays: asyncio hears of signals by a pipe, the function that Python calls does nothing.
    """
    if threading.current_thread() is not threading.main_thread():
        return
    before: Any = signal.getsignal(signal.SIGTERM)
    if not callable(before):
        return  # nobody handles it: the process simply ends

    def heard(number: int, frame: Any) -> None:
        before(number, frame)
        loop.call_soon_threadsafe(hub.end)

    signal.signal(signal.SIGTERM, heard)


# ---- what the hub asks PostgreSQL ----


def _versions(topics: list[str]) -> Versions:
    try:
        rows = Followed.objects.filter(topic__in=topics).values_list("topic", "version", "digest")
        return {topic: (version, digest) for topic, version, digest in rows}
    finally:
        connection.close()  # this thread is nobody's request: nobody else would give its connection back


def _begin(topic: str) -> None:
    try:
        following.look(topic)
    finally:
        connection.close()


# Threads of their own: those of the event loop compress pages, and whoever asks for topics that there are not would
# have every page wait.
_THREADS = ThreadPoolExecutor(2, thread_name_prefix="live")
versions = sync_to_async(_versions, thread_sensitive=False, executor=_THREADS)
begin = sync_to_async(_begin, thread_sensitive=False, executor=_THREADS)

"""The page cache in front of Django (domain 23)."""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass
from time import monotonic

from django.conf import settings

from newsroom import unavailable
from newsroom.pagecache import answers
from newsroom.pagecache.answers import Ready
from newsroom.pagecache.asking import Site, key_of, query_of
from newsroom.pagecache.copies import GONE, Copies, Gone
from newsroom.pagecache.page import Page
from newsroom.pagecache.rendering import App, Line, Message, Receive, Scope, Send, finished, render, too_large
from newsroom.pagecache.routes import Routes
from newsroom.pagecache.store import Away, Store

log = logging.getLogger(__name__)

READING = {"GET", "HEAD"}
TRUST = 1.0  # seconds for which a process serves its copy without asking (domain 23)
PATIENCE = 5.0  # seconds that a request waits for a rendering in another process
POLL = 0.02  # seconds between its looks
SOON = 0.25  # seconds that a reader waits where an old page is there and other renderings hang
HANGING = 16  # renderings that may hang at once; with more, none is begun
TRIES = 4  # renderings that a request waits for before it has one made for itself


@dataclass(frozen=True)
class Flight:
    """A page being fetched or made by one request, for all that wait."""

    ready: Ready | None = None  # None: the answer was no page; each request asks Django for its own
    stale: bool = False
    answered: bool = False  # the request that made it has its answer already
    outdated: bool = False  # something on it was purged or withdrawn while it was made


class PageCache:
    """An ASGI application that answers finished pages itself and passes everything else on.

    Which addresses have pages is learnt from the views: a route is a page's once a view on it has called ``keep``. From
    then on it is rendered for nobody in particular (no cookie, no header of a reader, our own host).
    """

    def __init__(self, app: App, *, gone: Gone = GONE) -> None:
        self.app = app
        self.copies = Copies()
        self.site = Site(settings.ORIGIN, list(settings.ALLOWED_HOSTS), proxied=bool(settings.SECURE_PROXY_SSL_HEADER))
        self._gone = gone
        self.patience = float(settings.PAGE_PATIENCE)
        self.routes = Routes(app, self._known_to_redis)
        self._flights: dict[str, asyncio.Future[Flight]] = {}
        self._took_off: dict[str, float] = {}
        self._overdue: set[str] = set()
        self._ailing = False  # a rendering took too long, and none has succeeded since
        self._tasks: set[asyncio.Task[Flight]] = set()
        self._stores: tuple[asyncio.AbstractEventLoop, Store] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        at_hand = self._at_hand(scope)
        if at_hand is None:
            await self._long_way(scope, receive, send)
            return
        await send(at_hand[0])
        await send(at_hand[1])

    def _at_hand(self, scope: Scope) -> tuple[Message, Message] | None:
        """Return the answer of nearly every request: three dicts and a clock. Anything unusual goes the long way."""
        if scope["query_string"] or scope["method"] not in READING:
            return None
        ready = self.copies.get(scope["path"])
        if ready is None or ready.fresh_until <= monotonic():
            return None
        headers = dict(scope["headers"])
        # A header that stands there twice (two Hosts) is told by the length, and is not for here.
        if headers.get(b"host") not in self.site.known or len(headers) != len(scope["headers"]):
            return None
        if self.site.needs_scheme is not None and scope["scheme"] != self.site.needs_scheme:
            return None
        return answers.pick(ready, scope["method"], headers)

    async def _answer(self, ready: Ready, scope: Scope, send: Send, *, stale: bool = False) -> None:
        start, body = answers.pick(ready, scope["method"], answers.joined(scope["headers"]), stale=stale)
        await send(start)
        await send(body)

    async def _long_way(self, scope: Scope, receive: Receive, send: Send) -> None:
        key = query = None
        if scope["method"] in READING and self.site.answers_for(scope):
            query = query_of(scope)
            key = key_of(scope, query) if query is not None else None
        if key is None or query is None:
            await self.app(scope, receive, send)
            return
        ready = self.copies.get(key)
        if ready is not None and ready.fresh_until > monotonic():
            await self._answer(ready, scope, send)
            return
        if ready is not None and ready.failed_until > monotonic() and self._showable(ready.page):
            await self._answer(ready, scope, send, stale=True)
            return
        if ready is not None or key in self._flights or await self.routes.has_pages(scope, key, receive, send):
            await self._page(key, query, scope, receive, send)

    async def _known_to_redis(self, key: str) -> bool:
        try:
            return await self._store().fetch(key) is not None
        except Away:
            return False

    async def _page(self, key: str, query: bytes, scope: Scope, receive: Receive, send: Send) -> None:
        arrived = monotonic()
        for _ in range(TRIES):
            waiting: asyncio.Future[Flight] | None = self._flights.get(key)
            if key in self._overdue or (waiting is None and len(self._overdue) >= HANGING):
                await self._meanwhile(key, scope, send)
                return
            line = Line(send)
            mine = waiting is None
            if waiting is None:
                # Entered before anything is awaited, or every reader of this moment would fly. A task of its own: the
                # reader who happened to be first may hang up, the others still wait.
                landing = self._flights[key] = asyncio.get_running_loop().create_future()
                self._took_off[key] = monotonic()
                task = asyncio.create_task(self._fly(landing, key, query, scope, receive, line))
                self._tasks.add(task)
                task.add_done_callback(self._forget)
                waiting = task
            flight = await self._landed(waiting, key, line)
            if flight is None:
                await self._meanwhile(key, scope, send)
                return
            # What began before this request came may be used as long as any copy; what began later, always: a
            # rendering of its own would be no younger.
            usable = mine or (
                flight.ready is not None
                and (flight.stale or flight.ready.begun > arrived or flight.ready.fresh_until > monotonic())
            )
            if flight.answered and mine:
                return
            if flight.outdated:  # what was withdrawn is given to nobody, and a cache before us would keep it unpurged
                continue
            if flight.ready is None:
                break
            if usable:
                await self._answer(flight.ready, scope, send, stale=flight.stale)
                return
        await self.app(scope, _second(receive), send)

    async def _landed(self, waiting: asyncio.Future[Flight], key: str, line: Line) -> Flight | None:
        """Wait for a flight as long as readers do; None: it goes on without them, and is known to be overdue.

        Once one was, an old page is given soon: a database that hangs would cost a reader of each page the whole wait.
        Who cannot be given one waits longer, for the next best is a word of regret.
        """
        began = self._took_off[key]
        soon = min(SOON, self.patience) if self._ailing else self.patience
        last = self.patience if self._ailing else 4 * self.patience
        for ends in (began + soon, began + last):
            done, _ = await asyncio.wait([waiting], timeout=max(0.0, ends - monotonic()))
            if done:
                return waiting.result()
            if line.begun:  # it is no page and on its way already, perhaps a stream without end
                return await asyncio.shield(waiting)
            if key in self.copies:
                break
        line.closed = True
        if not self._ailing:
            log.warning("A page takes more than %g seconds; old ones are given, marked as stale.", self.patience)
        self._ailing = True
        self._overdue.add(key)
        return None

    async def _meanwhile(self, key: str, scope: Scope, send: Send) -> None:
        """Answer while the page's rendering hangs, or so many others that it is not begun: with another process's page, the
        old one, or a word of regret. Redis is asked once a second, for a withdrawal must be heard of all the same."""
        ready = self.copies.get(key)
        if ready is None or ready.failed_until <= monotonic():
            if ready is not None:
                ready.failed_until = monotonic() + TRUST
            if (found := await self._look(key)) and found.ready:
                await self._answer(found.ready, scope, send)
                return
            ready = self.copies.get(key)
        if ready is not None and self._showable(ready.page):
            await self._answer(ready, scope, send, stale=True)
            return
        for message in unavailable.messages(scope["method"]):
            await send(message)

    def _forget(self, task: asyncio.Task[Flight]) -> None:
        self._tasks.discard(task)
        # Nobody may be left who waits for it: what is raised then would be said nowhere.
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("A page could not be made.", exc_info=error)

    async def _fly(
        self, landing: asyncio.Future[Flight], key: str, query: bytes, scope: Scope, receive: Receive, send: Send
    ) -> Flight:
        flight = Flight()
        try:
            flight = await self._look(key) or await self._render(key, query, scope, receive, send)
        finally:
            del self._flights[key], self._took_off[key]
            self._overdue.discard(key)
            if not landing.done():
                landing.set_result(flight)
        return flight

    async def _look(self, key: str) -> Flight | None:
        """Find a fresh page: our copy asked about, or that of Redis. Leaves the best stale one among the copies."""
        store = self._store()
        ready = self.copies.get(key)
        try:
            if ready is not None and await self._confirm(key, ready, store):
                return Flight(ready)
            page = await store.fetch(key)
            if page is None or (ready is not None and page == ready.page):
                return None
            found = Ready(page, begun=0.0, fresh_until=0.0)
            if await self._confirm(key, found, store):
                return Flight(found)
        except Away:
            pass
        return None

    async def _confirm(self, key: str, ready: Ready, store: Store) -> bool:
        began = monotonic()
        verdict = await store.check(ready.page)
        if verdict.gone:
            self.copies.drop(key)
            await store.forget(key)
            return False
        if self.copies.get(key) is not ready:
            self.copies.put(key, ready)
        if not verdict.fresh:
            return False
        trusted = _trusted(ready.page, began)
        if trusted <= monotonic():
            return False
        ready.begun, ready.fresh_until = began, trusted
        self.copies.touch(key, ready)
        return True

    async def _render(self, key: str, query: bytes, scope: Scope, receive: Receive, send: Send) -> Flight:
        store = self._store()
        token = None
        try:
            deadline = monotonic() + PATIENCE
            while (token := await store.lock(key)) is None and monotonic() < deadline:
                await asyncio.sleep(POLL)
                if found := await self._look(key):
                    return found
            if found := await self._look(key):  # made by the one who had the lock until just now
                return found
        except Away:
            pass
        try:
            return await self._make(key, query, scope, receive, send, store)
        finally:
            if token:
                await store.release(key, token)

    async def _make(self, key: str, query: bytes, scope: Scope, receive: Receive, send: Send, store: Store) -> Flight:
        began, clock = monotonic(), time.time()
        try:
            epoch, sequence = await store.begin()  # before the view reads anything: what is purged from now on counts
        except Away:
            epoch, sequence = "", 0
        old = self.copies.get(key)
        if old is not None and not self._showable(old.page):
            self.copies.drop(key)
            old = None
        made = await render(
            self.app,
            self.site.page_scope(scope, query),
            receive,
            send,
            state=f"{epoch}:{sequence}" if epoch else "",
            hold_failure=old is not None,
            head=scope["method"] == "HEAD",
        )
        if made.failed and old is not None:
            if not self._showable(old.page):  # seen while it was failing
                self.copies.drop(key)
                return Flight()
            old.failed_until = monotonic() + TRUST
            return Flight(old, stale=True)
        if made.passed_on or made.failed:
            self.copies.drop(key)
            return Flight(answered=made.passed_on)
        self._ailing = False
        page = await asyncio.to_thread(finished, made, epoch=epoch, sequence=sequence, began=clock)
        ready = Ready(page, begun=began, fresh_until=0.0)
        if too_large(made):
            await self._answer(ready, scope, send)
            return Flight(answered=True)
        kept_at = monotonic()
        try:
            if epoch and await store.store(key, page):
                ready.fresh_until = _trusted(page, kept_at)
            elif epoch:
                return Flight(outdated=True)
        except Away:
            epoch = ""
        if not epoch:
            ready.fresh_until = _trusted(page, began)
        self.copies.put(key, ready)
        return Flight(ready)

    def _showable(self, page: Page) -> bool:
        """Whether an old page may be given where no new one is to be had."""
        return not page.over and not self._gone.covers(page)

    def _store(self) -> Store:
        loop = asyncio.get_running_loop()
        if self._stores is None or self._stores[0] is not loop:
            self._stores = (loop, Store(settings.REDIS_URL, self._gone))
        return self._stores[1]


def _second(receive: Receive) -> Receive:
    """For an application that may be asked second: the first has read the body, and waiting for it again never ends."""
    asked = False

    async def take() -> Message:
        nonlocal asked
        if not asked:
            asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        while (message := await receive())["type"] == "http.request":
            pass
        return message

    return take


def _trusted(page: Page, asked: float) -> float:
    """Return until when (monotonic seconds) a page may be served that was found fresh at ``asked``."""
    left = page.until - time.time() if page.until else TRUST
    return min(asked + TRUST, monotonic() + left)

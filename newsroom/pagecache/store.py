"""Redis as the page cache asks it: quickly, and hardly at all while it is away."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
import uuid
from collections.abc import Awaitable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

import redis
from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from newsroom.pagecache import state
from newsroom.pagecache.copies import Gone
from newsroom.pagecache.page import Page, dump, load

log = logging.getLogger(__name__)

TIMEOUT = 0.25  # seconds for one question; the page can always be rendered instead
QUIET = 1.0  # seconds without another question after one failed
LOCK_MS = 5_000  # a rendering that takes longer than this may be begun a second time

T = TypeVar("T")


class Away(Exception):
    """Redis does not answer (or was just found not to)."""


@dataclass(frozen=True)
class Verdict:
    """What Redis says of a page that is already there."""

    fresh: bool
    gone: bool


class Store:
    """One process's (and one event loop's) view of the pages in Redis."""

    def __init__(self, url: str, gone: Gone) -> None:
        pool = BlockingConnectionPool.from_url(
            url,
            max_connections=32,
            timeout=TIMEOUT,
            socket_timeout=TIMEOUT,
            socket_connect_timeout=TIMEOUT,
            retry=Retry(NoBackoff(), 0),  # the client's own three tries would make a reader wait for each timeout
        )
        self.redis: Redis = Redis(connection_pool=pool)
        self._scripts = {
            name: self.redis.register_script(text)
            for name, text in (
                ("begin", state.BEGIN),
                ("check", state.CHECK),
                ("store", state.STORE),
                ("release", state.RELEASE),
            )
        }
        self._gone = gone
        self._epoch = ""
        self._known = 0  # the withdrawals up to this sequence of the epoch have been heard of
        self._away_until = 0.0
        self._missed = False
        self._floor = 0  # pages of this epoch that began before it are not trusted, see _again
        self._coming_back = asyncio.Lock()

    async def begin(self) -> tuple[str, int]:
        """Return the epoch and sequence for a rendering that begins now. Raises ``Away``."""
        found = await self._run("begin", [state.STATE, state.GONE], [_nonce(), self._known, 0])
        self._hear(found)
        return self._epoch, int(found[1])

    async def check(self, page: Page) -> Verdict:
        """Ask whether a page is fresh, and whether something on it was withdrawn. Raises ``Away``."""
        found = await self._run("check", [state.STATE, state.GONE], [_nonce(), self._known, *sorted(page.tags)])
        self._hear(found)
        newest, gone = int(found[3]), int(found[4])
        same = page.epoch == self._epoch
        return Verdict(
            fresh=same and newest <= page.sequence and page.sequence >= self._floor,
            gone=(same and gone > page.sequence) or self._gone.covers(page),
        )

    async def fetch(self, key: str) -> Page | None:
        """Return the page that Redis holds under a key, fresh or not. Raises ``Away``."""
        raw = await self._ask(self.redis.get(state.PAGE + key))
        return load(raw) if isinstance(raw, bytes) else None

    async def store(self, key: str, page: Page) -> bool:
        """Keep a page unless one of its tags was purged since its rendering began; say whether. Raises ``Away``."""
        args: list[Any] = [_nonce(), page.epoch, page.sequence, state.PAGE_SECONDS, dump(page), *sorted(page.tags)]
        return bool(await self._run("store", [state.STATE, state.GONE, state.PAGE + key], args))

    async def forget(self, key: str) -> None:
        """Delete a page. Raises ``Away``."""
        await self._ask(self.redis.delete(state.PAGE + key))

    async def lock(self, key: str) -> str | None:
        """Take the right to render a page, for some seconds; None when somebody has it. Raises ``Away``."""
        token = uuid.uuid4().hex
        return token if await self._ask(self.redis.set(state.LOCK + key, token, nx=True, px=LOCK_MS)) else None

    async def release(self, key: str, token: str) -> None:
        """Give the right back, if it is still ours. Never raises ``Away``: it ends by itself."""
        with contextlib.suppress(Away):
            await self._run("release", [state.LOCK + key], [token])

    def _hear(self, found: Any) -> None:
        epoch = found[0].decode()
        if epoch != self._epoch:
            self._epoch, self._known, self._floor = epoch, 0, 0
        for tag, sequence in zip(found[2][::2], found[2][1::2], strict=True):
            self._gone.note([tag.decode()], epoch, int(sequence))
        self._known = max(self._known, int(found[1]))

    async def _run(self, name: str, keys: Iterable[str], args: Iterable[Any]) -> Any:
        return await self._ask(self._scripts[name](keys=list(keys), args=list(args)))

    async def _ask(self, question: Awaitable[T]) -> T:
        if time.monotonic() < self._away_until:
            _close(question)
            raise Away
        try:
            if self._missed:
                await self._again()
            return await question
        except (redis.RedisError, OSError, TimeoutError) as error:
            _close(question)
            if not self._missed:
                log.warning("Redis is away (%s); pages are rendered.", error or type(error).__name__)
            self._missed = True
            self._away_until = time.monotonic() + QUIET
            # All of the pool's connections are as dead; one after the other would be found out by a reader.
            with contextlib.suppress(redis.RedisError, OSError):  # in a rush, closing one may take too long as well
                await self.redis.connection_pool.disconnect(inuse_connections=False)
            raise Away from error

    async def _again(self) -> None:
        """Redis answers again after it did not. A purge may have failed in between and be waiting for its next try:
        trust no page that was rendered before this moment."""
        async with self._coming_back:
            if not self._missed:
                return
            found = await self._scripts["begin"](keys=[state.STATE, state.GONE], args=[_nonce(), self._known, 1])
            self._hear(found)
            self._floor = int(found[1])
            self._missed = False
            log.warning("Redis is back; pages from before are rendered anew.")


def _nonce() -> str:
    return uuid.uuid4().hex[:8]


def _close(question: Awaitable[Any]) -> None:
    close = getattr(question, "close", None)
    if close:
        close()

"""One process's open pages, and what reaches them.

Redis carries the news, PostgreSQL has the truth: every few seconds the hub asks the versions of all topics that somebody
has open. What was lost on the way, or came while Redis was away, is found then.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Mapping
from time import monotonic

import redis
from redis.asyncio import Redis

from newsroom.live import channel, frames
from newsroom.live.channel import Message

log = logging.getLogger(__name__)

SWEEP = 5.0  # seconds between two looks at the versions
BEAT = 20.0  # seconds after which a silent page gets a heartbeat
STALLED = 60.0  # seconds for which one that reads nothing is waited for
LINGER = 60.0  # seconds that a topic is remembered after its last page closed
ASKED_AGAIN = 5.0  # seconds after which a topic that readers did not see, or that there was not, is looked at again
MISSING = 10_000  # such topics that are remembered
QUEUED = 65_536  # bytes waiting for one page; one further behind is told to fetch the whole instead
SPREAD = 0.002  # seconds over which the fetches of each open page are spread
LONGEST_SPREAD = 10.0
AWAY = 1.0  # seconds between two tries to reach Redis

# topic -> (version, digest) of those that exist
Versions = Mapping[str, tuple[int, str]]


class Listener:
    """One open page."""

    __slots__ = ("_frames", "_size", "_task", "_wake", "behind", "ended", "sending", "sent", "topic")

    def __init__(self, topic: Topic) -> None:
        self.topic = topic
        self._task = asyncio.current_task()
        self.sent = monotonic()
        self.sending = False  # what was taken is not with the page yet
        self.behind = False
        self.ended = False
        self._frames: deque[bytes] = deque()
        self._size = 0
        self._wake: asyncio.Future[None] | None = None

    def put(self, frame: bytes) -> None:
        """Have a frame sent. Never waits: what does not fit is replaced by one sentence."""
        if self.behind:
            return
        if self._size + len(frame) > QUEUED:
            self._frames.clear()
            self._size, self.behind = 0, True
        else:
            self._frames.append(frame)
            self._size += len(frame)
        self._ring()

    def end(self) -> None:
        """Have the stream closed."""
        self.ended = True
        self._ring()

    def cut(self) -> None:
        """Break the connection: the page reads nothing of what it was sent."""
        if self._task is not None:
            self._task.cancel()

    def _ring(self) -> None:
        if self._wake is not None and not self._wake.done():
            self._wake.set_result(None)

    async def take(self) -> bytes:
        """Wait for what is to be sent and return all of it; b"" at the end."""
        while not self.ended:
            if self.behind:
                self.behind = False
                return self.topic.behind()
            if self._frames:
                taken = b"".join(self._frames)
                self._frames.clear()
                self._size = 0
                return taken
            self._wake = asyncio.get_running_loop().create_future()
            await self._wake
        return b""


class Topic:
    """What this process knows of one followed page."""

    __slots__ = ("digest", "early", "left", "listeners", "looked", "name", "ready", "version")

    def __init__(self, name: str) -> None:
        self.name = name
        self.version = 0
        self.digest = ""
        self.listeners: set[Listener] = set()
        self.early: list[Message] | None = []  # came before its version was known
        self.ready: asyncio.Future[None] | None = None
        self.left = self.looked = monotonic()

    @property
    def _spread(self) -> float:
        return min(LONGEST_SPREAD, SPREAD * len(self.listeners))

    def behind(self) -> bytes:
        """What a page hears that cannot be told more: also that there is nothing any more."""
        if self.digest == "":
            return frames.gone(self.version, self._spread)
        return frames.behind(self.version, self.digest, self._spread)

    def know(self, version: int, digest: str) -> None:
        """Take in what PostgreSQL says."""
        if version <= self.version:
            return
        first = self.version == 0
        self.version, self.digest = version, digest
        early, self.early = self.early, None
        if first:
            for message in early or ():
                self.hear(message)
        else:
            self._send(self.behind())

    def hear(self, message: Message) -> None:
        """Take in what Redis says."""
        if self.early is not None:
            self.early.append(message)
            return
        if message.version <= self.version:
            return
        follows = message.version == self.version + 1 and message.before == self.digest
        self.version, self.digest = message.version, message.after
        # Nothing is repeated later to who was away: what was taken out since would leave once more.
        self._send(frames.change(message) if follows and message.after and message.changes else self.behind())

    def _send(self, frame: bytes) -> None:
        for listener in self.listeners:
            listener.put(frame)

    def greet(self, listener: Listener, shown: str) -> None:
        """Bring a page that shows the state ``shown`` up to date."""
        listener.put(frames.same(self.version) if shown and shown == self.digest else self.behind())


class Hub:
    """The open pages of one process and event loop.

    Args:
        url: of Redis.
        versions: asks PostgreSQL for the versions of topics.
        begin: (topic) has a topic looked at that has no version yet.
    """

    def __init__(
        self,
        url: str,
        versions: Callable[[list[str]], Awaitable[Versions]],
        begin: Callable[[str], Awaitable[object]],
    ) -> None:
        self.topics: dict[str, Topic] = {}
        self.open = 0
        self._url, self._versions, self._begin = url, versions, begin
        self._tasks: list[asyncio.Task[None]] = []
        self._hearing = asyncio.Event()
        self._asked = asyncio.Event()  # somebody wants the versions looked at now
        self._missing: dict[str, float] = {}
        self.ending = False

    # ---- pages ----

    async def join(self, name: str, shown: str) -> Listener | None:
        """Follow a topic for a page that shows the state ``shown`` (a digest); None where there is nothing to follow.

        Raises: whatever asking for the version raised, for a topic that nobody else has open.
        """
        self._start()
        if self._missing.get(name, 0.0) > monotonic():
            return None
        topic = self.topics.get(name)
        if topic is None:
            topic = self.topics[name] = Topic(name)
            topic.ready = asyncio.ensure_future(self._read(topic))
        elif topic.digest == "" and topic.ready is None and monotonic() - topic.looked > ASKED_AGAIN:
            topic.ready = asyncio.ensure_future(self._read(topic))  # an embargo may have ended by the clock alone
        try:
            if topic.ready is not None:
                await asyncio.shield(topic.ready)
        finally:
            if not topic.version and self.topics.get(name) is topic:
                del self.topics[name]
        if not topic.version or self.ending:
            return None
        topic = self.topics.setdefault(name, topic)  # it may have been forgotten while this page waited
        listener = Listener(topic)
        topic.listeners.add(listener)
        self.open += 1
        topic.greet(listener, shown)
        return listener

    def leave(self, listener: Listener) -> None:
        topic = listener.topic
        if listener in topic.listeners:
            topic.listeners.remove(listener)
            topic.left = monotonic()
            self.open -= 1

    def end(self) -> None:
        """Close every stream, and begin none: the process is to end."""
        self.ending = True
        for topic in self.topics.values():
            for listener in topic.listeners:
                listener.end()

    async def close(self) -> None:
        """End its own work."""
        self.end()
        for task in self._tasks:
            task.cancel()
        for task in self._tasks:
            with contextlib.suppress(asyncio.CancelledError):
                await task
        self._tasks = []

    # ---- its own work ----

    def _start(self) -> None:
        if not self._tasks:
            self._tasks = [asyncio.ensure_future(work()) for work in (self._hear, self._sweep, self._beat)]

    async def _read(self, topic: Topic) -> None:
        # Not before the channel is heard: what happens between reading and hearing would be late by a sweep.
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._hearing.wait(), AWAY)
        try:
            found = await self._versions([topic.name])
            if found.get(topic.name, (0, ""))[1] == "":
                # Nobody has looked yet, or what readers were not to see they may see by now.
                await self._begin(topic.name)
                found = await self._versions([topic.name])
        finally:
            topic.ready, topic.looked = None, monotonic()
        if topic.name in found:
            topic.know(*found[topic.name])
        else:
            if len(self._missing) >= MISSING:
                self._missing.clear()
            self._missing[topic.name] = monotonic() + ASKED_AGAIN

    async def _hear(self) -> None:
        """Listen to Redis for as long as the process lives."""
        while True:
            client = Redis.from_url(
                self._url, socket_connect_timeout=2, socket_keepalive=True, health_check_interval=int(SWEEP)
            )
            try:
                async with client.pubsub(ignore_subscribe_messages=True) as pubsub:
                    await pubsub.subscribe(channel.name(self._url))
                    self._hearing.set()
                    while True:
                        heard = await pubsub.get_message(timeout=SWEEP)
                        if heard is not None:
                            self._take(heard["data"])
            except (redis.RedisError, OSError) as error:
                if self._hearing.is_set():
                    log.warning("Redis is away (%s); open pages follow by asking PostgreSQL.", error)
                self._hearing.clear()
            except Exception:
                log.exception("Open pages hear nothing by Redis.")
                self._hearing.clear()
            finally:
                with contextlib.suppress(redis.RedisError, OSError):
                    await client.aclose()
            await asyncio.sleep(AWAY)

    def _take(self, raw: bytes) -> None:
        if raw == channel.ALL:
            self._asked.set()
            return
        message = channel.load(raw)
        topic = self.topics.get(message.topic) if message else None
        if message is not None and topic is not None:
            topic.hear(message)

    async def _sweep(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._asked.wait(), SWEEP if self._hearing.is_set() else SWEEP / 3)
            self._asked.clear()
            self._forget()
            wanted = [name for name, topic in self.topics.items() if topic.version]
            if not wanted:
                continue
            try:
                found = await self._versions(wanted)
            except Exception as error:
                log.warning("The versions of open pages are not known (%s).", error)
                continue
            for name, (version, digest) in found.items():
                topic = self.topics.get(name)
                if topic is not None and version > topic.version:
                    topic.know(version, digest)

    def _forget(self) -> None:
        now = monotonic()
        empty = [
            name
            for name, topic in self.topics.items()
            if not topic.listeners and topic.ready is None and now - topic.left > LINGER
        ]
        for name in empty:
            del self.topics[name]

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(1)
            now = monotonic()
            for listener in self._everybody():
                if listener.sending:
                    if now - listener.sent > STALLED:
                        listener.cut()
                elif now - listener.sent > BEAT:
                    listener.put(frames.BEAT)

    def _everybody(self) -> Iterable[Listener]:
        return [listener for topic in self.topics.values() for listener in topic.listeners]

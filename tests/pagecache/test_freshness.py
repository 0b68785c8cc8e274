"""Domain 23 as a property: whatever the order of reading, rendering, changing, purging, flushing and outages, no page
that is older than its last purge is served more than one second after that purge. Where renderings hang, an older one may
come, marked; never one that was withdrawn, once that could be heard."""

from __future__ import annotations

import asyncio
import itertools
from dataclasses import dataclass, field
from typing import Any
from unittest import mock

import redis as redis_client
from django.conf import settings
from hypothesis import HealthCheck, strategies
from hypothesis import settings as profile
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from newsroom import pagecache
from newsroom.pagecache import asgi
from newsroom.pagecache.asgi import PageCache
from newsroom.pagecache.copies import Gone
from newsroom.pagecache.handover import rendering
from newsroom.pagecache.store import Away, Store
from tests.pagecache.visiting import get

# Two pages that share a tag, and a story of their own each.
PAGES = {"/kept/one/": {"story:1", "home"}, "/kept/two/": {"story:2", "home"}}
TAGS = ["story:1", "story:2", "home"]
PROCESSES = 2


async def at_once(work: Any, *arguments: Any, **named: Any) -> Any:
    return work(*arguments, **named)


@dataclass
class Reading:
    """A request on its way, or answered."""

    path: str
    arrived: int
    task: asyncio.Task[Any]
    checked: bool = False


@dataclass
class Purge:
    order: int
    at: float
    version: int
    gone: bool


@dataclass
class World:
    """What is true: each tag's version, when it was purged, what the clock says."""

    clock: float = 1000.0
    orders: Any = field(default_factory=lambda: itertools.count(1))
    versions: dict[str, int] = field(default_factory=lambda: dict.fromkeys(TAGS, 0))
    purges: dict[str, list[Purge]] = field(default_factory=lambda: {tag: [] for tag in TAGS})
    away: bool = False
    deaf: int = 0  # the order of the last moment when a withdrawal could not be heard: Redis was away, or emptied


class Freshness(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        self.loop = asyncio.new_event_loop()
        self.busy = 0
        self.hung = False
        self.gates: list[tuple[str, asyncio.Event]] = []
        self.readings: list[Reading] = []
        self.redis = redis_client.Redis.from_url(settings.REDIS_URL)
        self.redis.flushdb()
        self.patches = [
            mock.patch.object(asgi, "monotonic", self.clock),
            mock.patch.object(Store, "_ask", self.weather()),
            mock.patch.object(asgi.asyncio, "to_thread", at_once),
        ]
        for patch in self.patches:
            patch.start()
        self.apps = [PageCache(self.django, gone=Gone()) for _ in range(PROCESSES)]
        for app in self.apps:
            app.routes.known["kept/<str:name>/"] = True
            app.patience = 3600.0  # renderings are held here, by this world's clock

    def clock(self) -> float:
        return self.world.clock

    def weather(self) -> Any:
        real, world = Store._ask, self.world

        async def ask(store: Store, question: Any) -> Any:
            if world.away:
                question.close()
                store._missed = True
                raise Away
            self.busy += 1
            try:
                return await real(store, question)
            finally:
                self.busy -= 1

        return ask

    def never_mind(self, reading: Reading, purge: Purge) -> bool:
        """Whether an old page may come, since it says that it is old. What is withdrawn may not, unless Redis lost it or
        could not be asked since."""
        return bool(reading.task.result().stale) and (
            not purge.gone or self.world.away or self.world.deaf > purge.order
        )

    async def django(self, scope: Any, receive: Any, send: Any) -> None:
        """Render: read what is true now, be slow, then answer."""
        tags = PAGES[scope["path"]]
        read = {tag: self.world.versions[tag] for tag in tags}
        box = rendering.get()
        gate = asyncio.Event()
        self.gates.append((scope["path"], gate))
        await gate.wait()
        if box is not None:
            box.tags = frozenset(tags)
        words = ",".join(f"{tag}={version}" for tag, version in sorted(read.items()))
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/html")]})
        await send({"type": "http.response.body", "body": words.encode()})

    def settle(self) -> None:
        async def wait() -> None:
            # Settled: every request is answered or stands behind a rendering that we hold, and nothing moves.
            quiet, before = 0, None
            while quiet < 4:
                await asyncio.sleep(0.002)
                held = {path for path, _ in self.gates}
                waiting = [reading for reading in self.readings if not reading.task.done()]
                now = (len(self.gates), len(waiting))
                still = now == before and not self.busy and all(reading.path in held for reading in waiting)
                quiet = quiet + 1 if still else 0
                before = now

        self.loop.run_until_complete(wait())
        for reading in self.readings:
            if reading.task.done() and not reading.checked:
                reading.checked = True
                self.judge(reading)

    def judge(self, reading: Reading) -> None:
        answer = reading.task.result()
        if answer.status == 503:
            assert self.hung, "A reader is sent away although nothing hangs."
            return
        assert answer.status == 200
        shown = dict(part.split("=") for part in answer.text.split(","))
        for tag, version in shown.items():
            for purge in self.world.purges[tag]:
                if int(version) >= purge.version:
                    continue
                # A purge that came while the request was on its way may be missed; and each within the last second.
                excused = purge.order > reading.arrived or self.world.clock - purge.at <= 1.0
                excused = excused or self.never_mind(reading, purge)
                assert excused, f"{reading.path} shows {tag} version {version}, purged at {purge.version}"

    @rule(process=strategies.integers(0, PROCESSES - 1), path=strategies.sampled_from(sorted(PAGES)))
    def read(self, process: int, path: str) -> None:
        order = next(self.world.orders)
        task = self.loop.create_task(get(self.apps[process], path))
        self.readings.append(Reading(path, order, task))
        self.settle()

    @rule(which=strategies.integers(0, 5))
    def finish_a_rendering(self, which: int) -> None:
        if self.gates:  # no precondition: how far a rendering has come is not Hypothesis's to know
            self.gates.pop(which % len(self.gates))[1].set()
            self.settle()

    @rule(tag=strategies.sampled_from(TAGS))
    def change(self, tag: str) -> None:
        self.world.versions[tag] += 1

    @precondition(lambda self: not self.world.away)
    @rule(tag=strategies.sampled_from(TAGS), gone=strategies.booleans())
    def purge(self, tag: str, gone: bool) -> None:
        pagecache.purge(tag, gone=gone)
        purge = Purge(next(self.world.orders), self.world.clock, self.world.versions[tag], gone)
        self.world.purges[tag].append(purge)

    @rule(tag=strategies.sampled_from(TAGS))
    def change_and_purge(self, tag: str) -> None:
        self.change(tag)
        if not self.world.away:
            self.purge(tag, False)

    @rule(seconds=strategies.sampled_from([0.3, 0.6, 1.01]))
    def time_passes(self, seconds: float) -> None:
        self.world.clock += seconds

    @rule()
    def valkey_is_emptied(self) -> None:
        self.world.deaf = next(self.world.orders)
        self.redis.flushdb()

    @rule()
    def valkey_goes_or_comes(self) -> None:
        """While it is away the purges fail; they are tried again only some time after it is back."""
        self.world.deaf = next(self.world.orders)
        self.world.away = not self.world.away

    @rule()
    def renderings_hang_or_run(self) -> None:
        """While they hang nobody who comes waits: the held rendering lands later, with what it read long ago."""
        hang = self.apps[0].patience > 0
        self.hung = self.hung or hang
        for app in self.apps:
            app.patience = 0.0 if hang else 3600.0

    @invariant()
    def copies_are_counted(self) -> None:
        for app in self.apps:
            assert app.copies.held == sum(ready.page.size for ready in app.copies.values())

    def teardown(self) -> None:
        try:
            for _ in range(200):
                # Renderings that nobody waits for any more go on, and have to end as well.
                if all(reading.task.done() for reading in self.readings) and not any(app._tasks for app in self.apps):
                    break
                while self.gates:
                    self.gates.pop()[1].set()
                self.settle()
            assert all(reading.task.done() for reading in self.readings), "A reader waits for ever."
        finally:
            for patch in self.patches:
                patch.stop()
            self.loop.run_until_complete(self.loop.shutdown_default_executor())
            self.loop.close()
            self.redis.close()


Freshness.TestCase.settings = profile(
    max_examples=40, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)
TestFreshness = Freshness.TestCase

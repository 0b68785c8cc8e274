"""Domain 23 in whatever order things happen: no page older than its last purge is served for more than a moment after it."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newsroom import pagecache
from newsroom.pagecache import asgi
from tests import valkey
from tests.pagecache.site import Press
from tests.pagecache.visiting import get, process

TRUST = 0.08  # instead of a second: the rule is the same, the test is shorter
ADDRESSES = ("/kept/", "/kept/one/", "/kept/two/")
STEPS = st.one_of(
    st.tuples(st.just("ask"), st.integers(0, 1), st.sampled_from(ADDRESSES)),
    st.tuples(st.just("ask"), st.integers(0, 1), st.just(ADDRESSES[0])),
    st.tuples(st.sampled_from(["publish", "change", "purge", "wait", "hold", "release", "empty", "leave"])),
    st.tuples(st.sampled_from(["publish", "wait"])),
)


@dataclass
class Newsroom:
    """Two web processes, and what was purged when."""

    press: Press
    apps: list[Any] = field(default_factory=lambda: [process(), process()])
    words: int = 0
    purges: list[tuple[float, int]] = field(default_factory=list)
    asked: list[asyncio.Task[None]] = field(default_factory=list)

    async def take(self, step: tuple[Any, ...]) -> None:
        match step:
            case ("ask", number, address):
                self.asked.append(asyncio.ensure_future(self.ask(self.apps[number], address)))
                await asyncio.sleep(0.004)
            case ("change",):
                self.change()
            case ("purge",):
                await self.purge()
            case ("publish",):
                self.change()
                await self.purge()
            case ("wait",):
                await asyncio.sleep(TRUST + 0.02)
            case ("hold",) if self.press.gate is None:
                self.press.gate = threading.Event()
            case ("release",):
                self.release()
            case ("empty",):
                await asyncio.to_thread(valkey.emptied)
            case ("leave",):  # one process is started anew
                self.apps[1] = process()

    def change(self) -> None:
        self.words += 1
        self.press.words = str(self.words)

    async def purge(self) -> None:
        words = self.words
        await asyncio.to_thread(pagecache.purge, "story:1")
        self.purges.append((monotonic(), words))

    def release(self) -> None:
        if self.press.gate is not None:
            self.press.gate.set()
            self.press.gate = None

    async def ask(self, app: Any, address: str) -> None:
        began = monotonic()
        answer = await get(app, address)
        oldest = max((words for at, words in self.purges if at <= began - TRUST), default=0)
        assert answer.status == 200
        assert int(answer.text.rpartition(":")[2]) >= oldest, (
            f"{address} at {began}: {answer.text}, purged {self.purges}"
        )


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(STEPS, min_size=4, max_size=24))
def test_no_page_is_older_than_its_last_purge(press: Press, monkeypatch: pytest.MonkeyPatch, steps: list[Any]) -> None:
    monkeypatch.setattr(asgi, "TRUST", TRUST)
    valkey.emptied()

    async def visit() -> None:
        press.words, press.gate = "0", None
        room = Newsroom(press)
        try:
            for step in steps:
                await room.take(step)
        finally:
            room.release()
        await asyncio.gather(*room.asked)
        # And at last everybody has the newest.
        await room.take(("publish",))
        await asyncio.sleep(TRUST + 0.02)
        for app in room.apps:
            for address in ADDRESSES:
                await room.ask(app, address)

    asyncio.run(visit())

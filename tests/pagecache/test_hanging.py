"""A rendering that hangs keeps no reader: not the first for long, and the next not at all."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from newsroom import pagecache
from newsroom.pagecache import asgi, store
from newsroom.pagecache.asgi import PageCache
from tests.pagecache.site import Press
from tests.pagecache.visiting import Answer, get, process

PATIENCE = 0.3


@pytest.fixture(autouse=True)
def gate(press: Press) -> Iterator[threading.Event]:
    made = threading.Event()
    yield made
    made.set()


def patient(seconds: float = PATIENCE) -> PageCache:
    made = process()
    made.patience = seconds
    return made


def run(visit: Callable[[], Awaitable[None]], gate: threading.Event) -> None:
    async def ending() -> None:
        try:
            await visit()
        finally:
            gate.set()  # no thread outlives the test

    asyncio.run(ending())


async def purged(press: Press, *, gone: bool = False, hangs: threading.Event | None = None) -> None:
    press.words, press.gate = "second words", hangs
    await asyncio.to_thread(pagecache.purge, "story:1", gone=gone)
    await asyncio.sleep(1.01)


async def warm(app: PageCache, *paths: str) -> None:
    for path in paths or ("/kept/",):
        await get(app, path)
        await get(app, path)


async def timed(answer: Awaitable[Answer]) -> tuple[Answer, float]:
    began = time.monotonic()
    return await answer, time.monotonic() - began


def test_the_old_page_comes_and_the_rendering_goes_on(press: Press, gate: threading.Event) -> None:
    async def visit() -> None:
        app = patient()
        await warm(app)
        await purged(press, hangs=gate)
        before = press.renderings
        first, waited = await timed(get(app, "/kept/"))
        assert (first.status, first.text, first.stale) == (200, ":first words", True)
        assert first.headers["warning"].startswith("110")
        assert PATIENCE <= waited < 5, "the rendering itself would take ten seconds"
        answers = await asyncio.gather(*(get(app, "/kept/") for _ in range(100)))
        assert {(a.text, a.stale) for a in answers} == {(":first words", True)}
        assert press.renderings == before + 1, "while one hangs, none is begun"
        gate.set()
        deadline = time.monotonic() + 10
        while (answer := await get(app, "/kept/")).stale:
            assert time.monotonic() < deadline
            await asyncio.sleep(0.05)
        assert answer.text == ":second words"
        assert press.renderings <= before + 2

    run(visit, gate)


def test_nobody_waits_again_for_what_is_known_to_hang(press: Press, gate: threading.Event) -> None:
    """Counted by the clock of the wait alone: a patience that no test would sit out."""

    async def visit() -> None:
        app = patient()
        await warm(app, "/kept/", "/kept/other/")
        await purged(press, hangs=gate)
        assert (await get(app, "/kept/")).stale
        app.patience = 600.0
        assert (await get(app, "/kept/")).stale
        assert (await get(app, "/kept/other/")).stale, "another page is given soon as well"

    run(visit, gate)


def test_where_nothing_is_held_the_answer_is_503(press: Press, gate: threading.Event) -> None:
    async def visit() -> None:
        app = patient()
        await warm(app, "/kept/known/")
        press.gate = gate
        for method in ("GET", "HEAD"):
            answer = await get(app, "/kept/unknown/", method=method)
            assert (answer.status, answer.headers["cache-control"]) == (503, "no-store")
            assert int(answer.headers["retry-after"]) > 0
            assert ("at the moment" in answer.text) == (method == "GET")
        assert press.renderings == 3

    run(visit, gate)


def test_only_so_many_hang(press: Press, gate: threading.Event, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asgi, "HANGING", 4)

    async def visit() -> None:
        app = patient()
        paths = [f"/kept/{number}/" for number in range(12)]
        await warm(app, *paths)
        await purged(press, hangs=gate)
        before = press.renderings
        for path in paths:
            assert (await get(app, path)).stale
        assert press.renderings == before + 4
        assert (await get(app, "/kept/unknown/")).status == 503
        assert press.renderings == before + 4

    run(visit, gate)


@pytest.mark.parametrize("away", ["hangs", "fails"])
def test_what_may_not_be_shown_any_more_is_not_shown_as_stale_either(
    press: Press, gate: threading.Event, away: str
) -> None:
    """A picture whose right has ended (promise 13); one that merely would have changed by itself is."""

    async def visit() -> None:
        app = patient()
        press.until = timezone.now() + timedelta(seconds=0.6)
        await warm(app, "/kept/live/")
        press.never = press.until
        await warm(app, "/kept/pictured/")
        await asyncio.sleep(0.7)
        press.gate, press.fails = (gate, False) if away == "hangs" else (None, True)
        assert (await get(app, "/kept/live/")).stale
        for _ in range(2):
            answer = await get(app, "/kept/pictured/")
            assert answer.status >= 500
            assert "first words" not in answer.text

    run(visit, gate)


def test_a_withdrawal_is_heard_of_meanwhile(press: Press, gate: threading.Event) -> None:
    async def visit() -> None:
        app = patient()
        await warm(app)
        await purged(press, hangs=gate)
        assert (await get(app, "/kept/")).stale
        await purged(press, gone=True, hangs=gate)
        assert (await get(app, "/kept/")).status == 503
        assert (await get(app, "/kept/")).status == 503

    run(visit, gate)


def test_what_another_process_made_meanwhile_is_given(
    press: Press, gate: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "LOCK_MS", 500)  # the lock of the one that hangs ends by itself

    async def visit() -> None:
        app, other = patient(), process()
        await warm(app)
        await purged(press, hangs=gate)
        assert (await get(app, "/kept/")).stale
        press.gate = None
        await asyncio.sleep(0.6)
        assert (await get(other, "/kept/")).text == ":second words"
        await asyncio.sleep(1.01)
        answer = await get(app, "/kept/")
        assert (answer.text, answer.stale) == (":second words", False)

    run(visit, gate)


def test_what_comes_too_late_for_its_reader_is_not_sent_twice(press: Press, gate: threading.Event) -> None:
    """No page, but passed on as it comes: to a reader who has been answered already."""

    async def visit() -> None:
        app = patient()
        await warm(app, "/kept/known/")
        press.gate, press.status = gate, 404
        heard: list[Any] = []
        assert (await get(app, "/kept/unknown/", heard=heard)).status == 503
        gate.set()
        await asyncio.sleep(0.3)
        assert [message["type"] for message in heard] == ["http.response.start", "http.response.body"]
        assert (await get(app, "/kept/unknown/")).status == 404

    run(visit, gate)

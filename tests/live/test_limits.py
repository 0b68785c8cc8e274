"""Open pages that cost too much, read nothing, or ask for what is not there: nobody waits for anybody else."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

import pytest
import redis
from django.conf import settings
from django.utils import timezone

from articles.models import Story
from newsroom.live import channel, frames, hub, streams
from newsroom.live.channel import Message
from tests.factories import articles as make
from tests.live.listening import opened, process, run, state

pytestmark = pytest.mark.django_db(transaction=True)


def test_there_is_nothing_to_follow_of_what_readers_never_saw() -> None:
    draft = make.story()
    before = make.published_story(at=timezone.now())  # from before pages could be followed: it has no row yet

    async def visit() -> None:
        async with process() as app:
            async with opened(app, draft.pk) as page:
                assert page.status == 404
            async with opened(app, 10**17) as page:
                assert page.status == 404
            assert app.hub().topics == {}
            async with opened(app, before.pk) as page:
                assert page.status == 200

    run(visit)


def test_who_reads_nothing_is_told_one_sentence_later_and_holds_nobody_up(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown, topic = state(story), f"story:{story.pk}"
    monkeypatch.setattr(hub, "QUEUED", 2000)

    async def visit() -> None:
        async with (
            process() as app,
            opened(app, story.pk, shown) as quick,
            opened(app, story.pk, shown, reads=False) as slow,
        ):
            await quick.until(1)
            told = app.hub().topics[topic]
            for number in range(2, 12):
                changes = {"gone": [], "put": [["text", "abc", "", "x" * 500]]}
                told.hear(Message(topic, number, told.digest, f"state{number}", "", changes))
                await asyncio.sleep(0)
                waiting = [listener._size for listener in told.listeners]
                assert max(waiting) <= 2000
            await quick.until(11)
            assert quick.names == ["same"] + ["change"] * 10
            slow.reads.set()
            await slow.until(2)
            assert slow.names == ["same", "behind"]
            assert slow.events[-1][1]["version"] == 11

    run(visit)


def test_who_reads_nothing_for_too_long_is_let_go_and_silence_is_filled(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = state(story)
    monkeypatch.setattr(hub, "STALLED", 0.5)
    monkeypatch.setattr(hub, "BEAT", 0.5)

    async def visit() -> None:
        async with process() as app, opened(app, story.pk, shown) as quick, opened(app, story.pk, shown, reads=False):
            assert app.hub().open == 2
            async with asyncio.timeout(10):
                while app.hub().open > 1 or not quick.raw.endswith(frames.BEAT):
                    await asyncio.sleep(0.05)
            assert quick.names == ["same"]

    run(visit)


def test_one_network_does_not_take_the_place_of_all(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "PER_NETWORK", 2)
    monkeypatch.setattr(streams, "MOST", 4)

    async def visit() -> None:
        async with process() as app, contextlib.AsyncExitStack() as held:

            async def come(address: str) -> int:
                page = await held.enter_async_context(opened(app, story.pk, address=address))
                await asyncio.sleep(0.05)
                return page.status

            assert [await come("2001:db8::1"), await come("2001:db8::2"), await come("2001:db8::3")] == [200, 200, 429]
            assert [await come("192.0.2.1"), await come("192.0.2.2"), await come("192.0.2.3")] == [200, 200, 503]
            await held.aclose()
            assert (app.hub().open, app.networks) == (0, {})
            async with opened(app, story.pk, address="2001:db8::3") as page:
                assert page.status == 200

    run(visit)


def test_a_topic_that_nobody_has_open_is_forgotten(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub, "SWEEP", 0.1)
    monkeypatch.setattr(hub, "LINGER", 0.1)

    async def visit() -> None:
        async with process() as app:
            async with opened(app, story.pk) as page:
                await page.until(1)
                await asyncio.sleep(0.4)
                assert list(app.hub().topics) == [f"story:{story.pk}"]
            await asyncio.sleep(0.5)
            assert app.hub().topics == {}

    run(visit)


def test_with_postgresql_away_who_comes_is_asked_to_come_later(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(topics: list[str]) -> Any:
        raise OSError("away")

    monkeypatch.setattr(streams, "versions", away)

    async def visit() -> None:
        async with process() as app, opened(app, story.pk) as page:
            assert (page.status, page.headers[b"retry-after"]) == (503, b"60")

    run(visit)


def test_another_release_says_nothing_that_breaks_this_one(story: Story) -> None:
    shown = state(story)

    async def visit() -> None:
        async with process() as app, opened(app, story.pk, shown) as page:
            await page.until(1)
            client = redis.Redis.from_url(settings.REDIS_URL)
            for raw in (
                b"",
                b"no json",
                b"{}",
                b"[1,2]",
                b'["story:1","x","","","",null]',
                b"[1,1,1,1,1,1]",
                b'["story:1",7,"a","b","t",[1]]',
            ):
                client.publish(channel.name(settings.REDIS_URL), raw)
            topic = f"story:{story.pk}"
            client.publish(
                channel.name(settings.REDIS_URL),
                channel.dump(Message(topic, 2, shown, "next", "", {"gone": [], "put": []})),
            )
            await page.until(2)
            assert page.names == ["same", "change"]

    run(visit)

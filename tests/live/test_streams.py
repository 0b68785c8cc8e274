"""Open pages: each hears every version once and in order, whatever gets lost; nobody waits for anybody else."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from articles.models import Story
from newsroom import live
from newsroom.live import channel, following, hub, streams
from newsroom.live.channel import Message
from tests.live.listening import aside, opened, process, run, state

pytestmark = pytest.mark.django_db(transaction=True)


def test_each_page_hears_each_version_once_and_in_order(story: Story, post: Any) -> None:
    shown = state(story)

    async def visit() -> None:
        async with process() as one, process() as other:
            async with (
                opened(one, story.pk, shown) as a,
                opened(one, story.pk, shown) as b,
                opened(other, story.pk, shown) as c,
            ):
                for page in (a, b, c):
                    assert (page.status, page.headers[b"content-type"]) == (200, b"text/event-stream")
                    assert page.headers[b"cache-control"] == b"no-store"
                    await page.until(1)
                for number in range(3):
                    await post(f"Post {number}.")
                for page in (a, b, c):
                    (first, same), *changes = await page.until(4)
                    assert (first, [name for name, _ in changes]) == ("same", ["change"] * 3)
                    versions = [data["version"] for _, data in changes]
                    assert versions == [same["version"] + n for n in (1, 2, 3)]
                    assert changes[0][1]["before"] == shown
                    assert all(x[1]["after"] == y[1]["before"] for x, y in pairwise(changes))
                    assert "Post 2." in str(changes[2][1]["put"])
            assert one.hub().open == other.hub().open == 0

    run(visit)


def test_a_page_that_comes_back_is_told_that_it_is_behind_and_never_what_has_gone_since(
    story: Story, post: Any
) -> None:
    shown = state(story)

    async def visit() -> None:
        async with process() as app:
            async with opened(app, story.pk, shown) as page:
                await page.until(1)
            await post("A post.")
            await asyncio.sleep(0.3)
            now = await aside(state)(story)
            for known, name in ((shown, "behind"), ("something else", "behind"), ("", "behind"), (now, "same")):
                async with opened(app, story.pk, known) as page:
                    ((said, data),) = await page.until(1)
                    assert (said, data["version"], data.get("digest", now)) == (name, 2, now)
                    assert b"A post." not in page.raw

    run(visit)


def test_what_the_clock_alone_gives_back_is_not_gone(story: Story) -> None:
    """An embargo is over at its minute, whenever a worker comes to say so."""
    shown = state(story)

    def hide(until: Any) -> None:
        Story.objects.filter(pk=story.pk).update(embargo_until=until)

    async def visit() -> None:
        async with process() as app:
            await aside(hide)(timezone.now() + timedelta(hours=1))
            await aside(lambda: live.purge(f"story:{story.pk}", gone=True))()
            async with opened(app, story.pk, shown) as page:
                await page.until(1)
                assert page.names == ["gone"]
            await aside(hide)(timezone.now())
            app.hub().topics.clear()
            async with opened(app, story.pk, shown) as page:
                await page.until(1)
                assert page.names == ["same"]

    run(visit)


def test_a_process_that_is_to_end_takes_nobody_in(story: Story) -> None:
    async def visit() -> None:
        async with process() as app:
            async with opened(app, story.pk) as page:
                await page.until(1)
                app.hub().end()
                async with asyncio.timeout(5):
                    while not page.ended:
                        await asyncio.sleep(0.01)
            async with opened(app, story.pk) as page:
                assert page.status == 503

    run(visit)


def test_a_change_on_more_pages_than_are_drawn_reaches_each(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = state(story)
    monkeypatch.setattr(following, "MOST", 0)

    async def visit() -> None:
        async with process() as app, opened(app, story.pk, shown) as page:
            await page.until(1)
            await aside(lambda: live.purge("publication"))()
            events = await page.until(2, seconds=4)  # sooner than the next sweep
            assert (events[1][0], events[1][1]["digest"]) == ("behind", channel.UNKNOWN)

    run(visit)


def test_what_is_lost_on_the_way_is_found_by_the_sweep(
    story: Story, post: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "SWEEP", 0.2)
    shown = state(story)

    async def visit() -> None:
        async with process() as app, opened(app, story.pk, shown) as page:
            await page.until(1)
            with monkeypatch.context() as patch:
                patch.setattr(channel, "tell", lambda message: None)
                await post("Nobody hears this.")
            (_, same), (name, data) = await page.until(2)
            assert (name, data["version"]) == ("behind", same["version"] + 1)
            await post("This is heard.")
            await page.until(3)
            assert page.names == ["same", "behind", "change"]
            await asyncio.sleep(0.6)
            assert len(page.events) == 3  # and nothing is told twice by the next sweeps

    run(visit)


def test_without_redis_pages_follow_by_asking_postgresql(
    story: Story, post: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "SWEEP", 0.3)
    shown = state(story)

    async def visit() -> None:
        there = settings.REDIS_URL
        settings.REDIS_URL = "redis://127.0.0.1:1/0"
        async with process() as app, opened(app, story.pk, shown) as page:
            await page.until(1)
            settings.REDIS_URL = there  # the purge gets through; this process hears nothing
            await post("The King is here.")
            await page.until(2)
            assert page.names == ["same", "behind"]

    run(visit)


def test_a_message_that_comes_out_of_turn_has_pages_look_for_themselves(story: Story) -> None:
    shown, topic = state(story), f"story:{story.pk}"

    async def visit() -> None:
        async with process() as app, opened(app, story.pk, shown) as page:
            await page.until(1)
            told = app.hub().topics[topic]
            changes = {"gone": [], "put": []}
            told.hear(Message(topic, 3, "later", "latest", "", changes))
            told.hear(Message(topic, 2, shown, "later", "", changes))
            told.hear(Message(topic, 3, "later", "latest", "", changes))
            told.hear(Message(topic, 4, "latest", "last", "", changes))
            await page.until(3)
            assert [(name, data["version"]) for name, data in page.events[1:]] == [("behind", 3), ("change", 4)]

    run(visit)


def test_news_that_comes_while_the_version_is_being_read_is_kept(
    story: Story, post: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = state(story)
    slow = streams.versions

    async def reading(topics: list[str]) -> Any:
        found = await slow(topics)
        await post("Between reading and knowing.")
        await asyncio.sleep(0.3)
        return found

    monkeypatch.setattr(streams, "versions", reading)

    async def visit() -> None:
        async with process() as app, opened(app, story.pk, shown) as page:
            events = await page.until(1)
            assert events[0][0] == "change" or events[0][1]["version"] == 2

    run(visit)


def test_a_withdrawn_story_is_gone_for_who_has_it_open_and_for_who_comes(story: Story) -> None:
    shown = state(story)

    def withdraw() -> None:
        Story.objects.filter(pk=story.pk).update(readers=Story.Readers.WITHDRAWN, withdrawn_at=timezone.now())
        live.purge(f"story:{story.pk}", gone=True)

    async def visit() -> None:
        async with process() as app, opened(app, story.pk, shown) as page:
            await page.until(1)
            await aside(withdraw)()
            await page.until(2)
            assert page.names == ["same", "gone"]
            async with opened(app, story.pk, shown) as late:
                await late.until(1)
                assert late.names == ["gone"]

    run(visit)

"""Open pages: each hears every version once and in order, whatever gets lost; nobody waits for anybody else."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Coroutine
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
import redis
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import connection
from django.utils import timezone

from articles import posting
from articles.models import Story
from newsroom import live
from newsroom.live import channel, following, hub, streams
from newsroom.live.channel import Message
from newsroom.live.models import Followed
from newsroom.live.streams import Streams
from tests.factories import articles as make
from tests.factories.accounts import person
from tests.live.listening import nothing, opened

pytestmark = pytest.mark.django_db(transaction=True)


@contextlib.asynccontextmanager
async def process() -> AsyncIterator[Streams]:
    made = Streams(nothing)
    try:
        yield made
    finally:
        await made.hub().close()


def run(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(work())


def aside(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function in a thread, with a connection that it gives back."""

    def called(*args: Any) -> Any:
        try:
            return function(*args)
        finally:
            connection.close()

    return sync_to_async(called, thread_sensitive=False)


@pytest.fixture
def story() -> Story:
    made = make.published_story(
        body="<p>The gates opened at nine.</p>", live=True, at=timezone.now() - timedelta(hours=1)
    )
    following.look(f"story:{made.pk}", timezone.now())
    return made


@pytest.fixture
def post(story: Story) -> Callable[[str], Any]:
    editor = person("editor")

    def say(words: str) -> None:
        posting.post(story_id=story.pk, person=editor, words=words, at=timezone.now())
        live.purge(f"story:{story.pk}")

    return aside(say)


def state(story: Story) -> str:
    return Followed.objects.get(pk=f"story:{story.pk}").digest


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


def test_a_page_that_comes_back_hears_what_it_missed_or_that_it_is_behind(
    story: Story, post: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = state(story)

    async def visit() -> None:
        async with process() as app:
            async with opened(app, story.pk, shown) as page:
                await page.until(1)
            for number in range(2):
                await post(f"Post {number}.")
            await asyncio.sleep(0.3)
            async with opened(app, story.pk, shown) as page:
                await page.until(2)
                assert page.names == ["change", "change"]
                assert page.events[-1][1]["after"] == await aside(state)(story)
            async with opened(app, story.pk, "something else") as page:
                (name, data), *_ = await page.until(1)
                assert (name, data["version"]) == ("behind", 3)
            async with process() as other, opened(other, story.pk, shown) as page:
                await page.until(1)
                assert page.names == ["behind"]

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
                while app.hub().open > 1 or not quick.raw.endswith(b":\n\n"):
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
            for raw in (b"", b"no json", b"{}", b"[1,2]", b'["story:1","x","","","",null]', b"[1,1,1,1,1,1]"):
                client.publish(channel.name(settings.REDIS_URL), raw)
            topic = f"story:{story.pk}"
            client.publish(
                channel.name(settings.REDIS_URL),
                channel.dump(Message(topic, 2, shown, "next", "", {"gone": [], "put": []})),
            )
            await page.until(2)
            assert page.names == ["same", "change"]

    run(visit)

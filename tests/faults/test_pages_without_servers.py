"""Pages while Redis, PostgreSQL or both are away (domain 23), against a Valkey that is really killed and frozen."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from django.conf import LazySettings

from newsroom import pagecache
from newsroom.pagecache import store
from newsroom.pagecache.asgi import PageCache
from newsroom.pagecache.handover import Handover, rendering
from tests.pagecache.conftest import press  # noqa: F401
from tests.pagecache.site import Press
from tests.pagecache.valkeys import OwnValkey
from tests.pagecache.visiting import get, process


@pytest.fixture
def valkey(tmp_path: Path, settings: LazySettings) -> Iterator[OwnValkey]:
    own = OwnValkey(tmp_path)
    settings.REDIS_URL = own.url
    yield own
    own.kill()


async def warm(app: PageCache, path: str = "/kept/") -> None:
    await get(app, path)
    await get(app, path)


def test_redis_killed_pages_still_come_and_are_never_older_than_a_second(press: Press, valkey: OwnValkey) -> None:  # noqa: F811
    async def visit() -> None:
        app = process()
        await warm(app)
        valkey.kill()
        assert (await get(app, "/kept/")).text == ":first words"
        press.words = "second words"
        await asyncio.sleep(1.01)
        answer = await get(app, "/kept/")
        assert answer.text == ":second words"
        assert not answer.stale
        assert (await get(process(), "/kept/")).text == ":second words"

    asyncio.run(visit())


def test_redis_away_a_busy_page_is_rendered_once_a_second(press: Press, valkey: OwnValkey) -> None:  # noqa: F811
    async def visit() -> None:
        app = process()
        await warm(app)
        valkey.kill()
        await asyncio.sleep(1.01)
        before = press.renderings
        for _ in range(3):
            await asyncio.gather(*(get(app, "/kept/") for _ in range(100)))
        assert press.renderings == before + 1

    asyncio.run(visit())


def test_redis_frozen_costs_a_reader_a_quarter_of_a_second_at_most(
    press: Press,  # noqa: F811
    valkey: OwnValkey,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One question of that length, and as long as it is known to be away no other: counted, not timed."""
    asked: list[object] = []
    original = store.Store._ask

    async def counted(self: store.Store, question: Any) -> Any:
        if time.monotonic() >= self._away_until:
            asked.append(question)
        return await original(self, question)

    monkeypatch.setattr(store.Store, "_ask", counted)
    monkeypatch.setattr(store, "QUIET", 600.0)  # however slow this machine is now

    async def visit() -> None:
        app = process()
        await warm(app)
        valkey.freeze()
        try:
            await asyncio.sleep(1.01)
            asked.clear()
            answers = await asyncio.gather(*(get(app, "/kept/") for _ in range(50)))
            assert {a.status for a in answers} == {200}
            assert 1 <= len(asked) <= 50, "a reader waits once"
            found_out = len(asked)
            for number in range(8):  # other pages do not find it out again, each for itself
                await get(app, f"/kept/{number}/")
            assert len(asked) == found_out
            assert store.TIMEOUT <= 0.25
        finally:
            valkey.thaw()

    asyncio.run(visit())


def test_redis_back_a_purge_that_failed_meanwhile_is_not_missed(press: Press, valkey: OwnValkey) -> None:  # noqa: F811
    """Frozen, not killed: the kept pages are still there afterwards, and the outbox has not tried again yet."""

    async def visit() -> None:
        app = process()
        await warm(app)
        valkey.freeze()
        press.words = "second words"
        await asyncio.sleep(1.01)
        assert (await get(app, "/kept/")).text == ":second words"
        press.words = "third words"
        valkey.thaw()
        await asyncio.sleep(1.3)
        assert (await get(app, "/kept/")).text == ":third words"

    asyncio.run(visit())


def test_an_emptied_valkey_makes_everything_stale(press: Press, valkey: OwnValkey) -> None:  # noqa: F811
    async def visit() -> None:
        app = process()
        await warm(app)
        press.words = "second words"
        pagecache.purge("story:1")
        with valkey.client() as client:
            client.flushall()
        await asyncio.sleep(1.01)
        assert (await get(app, "/kept/")).text == ":second words"

    asyncio.run(visit())


def test_a_valkey_restarted_from_an_old_dump_makes_everything_stale(press: Press, valkey: OwnValkey) -> None:  # noqa: F811
    """The dump holds the page and not the purge that came after it."""

    async def visit() -> None:
        await warm(process())
        with valkey.client() as client:
            client.save()
        press.words = "second words"
        pagecache.purge("story:1")
        valkey.kill()
        valkey.start()
        with valkey.client() as client:
            assert client.exists("{pages}:page:/kept/")
        assert (await get(process(), "/kept/")).text == ":second words"

    asyncio.run(visit())


def test_the_database_away_the_old_page_comes_marked_as_stale(press: Press, valkey: OwnValkey) -> None:  # noqa: F811
    async def visit() -> None:
        app = process()
        press.words = "words " * 200
        await warm(app)
        press.fails = True
        await asyncio.to_thread(pagecache.purge, "story:1")
        await asyncio.sleep(1.01)
        before = press.renderings
        for method in ("GET", "GET", "HEAD", "GET"):
            answer = await get(app, "/kept/", method=method, accept_encoding="gzip")
            assert answer.status == 200
            assert answer.stale
            assert answer.headers["warning"].startswith("110")
            assert int(answer.headers["age"]) >= 1
            assert "no-cache" in answer.headers["cache-control"]
            assert answer.headers["content-encoding"] == "gzip"
        assert press.renderings == before + 1  # the ailing database is asked once a second, not by every reader
        press.fails, press.words = False, "back again"
        await asyncio.sleep(1.01)
        answer = await get(app, "/kept/")
        assert (answer.text, answer.stale) == (":back again", False)

    asyncio.run(visit())


def test_the_database_away_a_new_process_takes_the_stale_page_from_redis(press: Press, valkey: OwnValkey) -> None:  # noqa: F811
    async def visit() -> None:
        await warm(process())
        press.fails = True
        await asyncio.to_thread(pagecache.purge, "story:1")
        answer = await get(process(), "/kept/")
        assert (answer.text, answer.stale) == (":first words", True)

    asyncio.run(visit())


def test_both_away_the_process_gives_what_it_has(press: Press, valkey: OwnValkey) -> None:  # noqa: F811
    async def visit() -> None:
        app = process()
        await warm(app)
        valkey.kill()
        press.fails = True
        await asyncio.sleep(1.01)
        answer = await get(app, "/kept/")
        assert (answer.text, answer.stale) == (":first words", True)
        assert (await get(app, "/kept/unknown/")).status == 500

    asyncio.run(visit())


def test_both_away_a_withdrawn_story_is_not_shown(press: Press, valkey: OwnValkey) -> None:  # noqa: F811
    """Seen by asking about one page, it holds for every page that the story stands on."""

    async def visit() -> None:
        app = process()
        press.tags = {"story:1", "home"}
        await warm(app, "/kept/home/")
        press.tags = {"story:1"}
        await warm(app, "/kept/story/")
        press.tags = {"story:2"}
        await warm(app, "/kept/other/")
        await asyncio.to_thread(pagecache.purge, "story:1", gone=True)
        await asyncio.sleep(1.01)
        assert (await get(app, "/kept/other/")).status == 200  # this question brings the news
        valkey.kill()
        press.fails = True
        await asyncio.sleep(1.01)
        assert (await get(app, "/kept/story/")).status == 500
        assert (await get(app, "/kept/home/")).status == 500
        assert (await get(app, "/kept/other/")).stale

    asyncio.run(visit())


def test_the_database_away_a_withdrawn_story_is_not_shown_from_redis(press: Press, valkey: OwnValkey) -> None:  # noqa: F811
    async def visit() -> None:
        await warm(process())
        await asyncio.to_thread(pagecache.purge, "story:1", gone=True)
        press.fails = True
        assert (await get(process(), "/kept/")).status == 500
        with valkey.client() as client:
            assert not client.exists("{pages}:page:/kept/")

    asyncio.run(visit())


def test_a_story_that_came_back_may_be_shown_stale_again(press: Press, valkey: OwnValkey) -> None:  # noqa: F811
    async def visit() -> None:
        app = process()
        await warm(app)
        await asyncio.to_thread(pagecache.purge, "story:1", gone=True)
        await asyncio.sleep(1.01)
        press.words = "reinstated"
        await asyncio.to_thread(pagecache.purge, "story:1")
        assert (await get(app, "/kept/")).text == ":reinstated"
        press.fails = True
        await asyncio.to_thread(pagecache.purge, "story:1")
        await asyncio.sleep(1.01)
        answer = await get(app, "/kept/")
        assert (answer.text, answer.stale) == (":reinstated", True)

    asyncio.run(visit())


def test_a_purge_without_redis_is_refused_so_that_the_outbox_tries_again(valkey: OwnValkey) -> None:
    valkey.kill()
    with pytest.raises(redis.RedisError):
        pagecache.purge("story:1")


def test_a_withdrawal_that_this_process_made_itself_counts_without_redis(press: Press, valkey: OwnValkey) -> None:  # noqa: F811
    from django.core.asgi import get_asgi_application

    async def visit() -> None:
        app = PageCache(get_asgi_application())  # with the process's own memory of withdrawals
        await warm(app)
        valkey.kill()
        with pytest.raises(redis.RedisError):
            await asyncio.to_thread(pagecache.purge, "story:1", gone=True)
        press.fails = True
        await asyncio.sleep(1.01)
        assert (await get(app, "/kept/")).status == 500

    asyncio.run(visit())


def test_a_page_made_without_valkey_takes_in_nothing_that_another_read(press: Press, valkey: OwnValkey) -> None:  # noqa: F811
    """Read a second ago and trusted for another one it would be shown for two."""
    reads = 0

    def read() -> str:
        nonlocal reads
        reads += 1
        return press.words

    press.copy = pagecache.BriefCopy(read)

    async def visit() -> None:
        app = process()
        await warm(app)
        valkey.kill()
        await get(app, "/kept/one/")
        press.words = "second words"
        assert (await get(app, "/kept/two/")).text == "two:second words"

    asyncio.run(visit())
    page = Handover()
    token, before = rendering.set(page), reads
    try:
        assert [press.copy.get() for _ in range(3)] == ["second words"] * 3
    finally:
        rendering.reset(token)
    assert reads == before + 1, "a page with many uses of it costs one query"

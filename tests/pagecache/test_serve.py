"""Serving: what is kept, for how long, and what is passed on."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from newsroom import pagecache
from newsroom.pagecache.handover import Handover, rendering
from tests.pagecache.site import Press
from tests.pagecache.visiting import get, process


def run(work: Coroutine[Any, Any, None]) -> None:
    asyncio.run(work)


def test_a_page_is_rendered_once_and_served_from_then_on(press: Press) -> None:
    async def visit() -> None:
        app = process()
        # The first on its route shows that a view keeps pages there; what it gets is the page made after that.
        answers = [await get(app, "/kept/", cookie="desk=alice") for _ in range(5)]
        assert {a.text for a in answers} == {":first words"}
        assert len({a.headers["etag"] for a in answers}) == 1
        assert press.renderings == 2
        assert (await get(app, "/kept/other/")).headers["etag"]
        await get(app, "/kept/other/")
        assert press.renderings == 4
        new = await get(process(), "/kept/", if_none_match=answers[0].headers["etag"])
        assert (new.status, press.renderings) == (304, 4)

    run(visit())


def test_another_process_takes_the_page_from_redis(press: Press) -> None:
    async def visit() -> None:
        first = process()
        await get(first, "/kept/")
        await get(first, "/kept/")
        before = press.renderings
        answer = await get(process(), "/kept/")
        assert answer.text == ":first words"
        assert press.renderings == before

    run(visit())


def test_a_purge_makes_the_page_stale_in_every_process_within_a_second(press: Press) -> None:
    async def visit() -> None:
        apps = [process(), process()]
        for app in apps * 2:
            await get(app, "/kept/")
        press.words = "second words"
        await asyncio.to_thread(pagecache.purge, "story:1")
        await asyncio.sleep(1.01)
        assert [(await get(app, "/kept/")).text for app in apps] == [":second words"] * 2

    run(visit())


def test_a_page_takes_nothing_in_that_was_read_before_a_purge(press: Press) -> None:
    """A page of another address, rendered right after the purge, would be kept with the old words as fresh."""
    press.copy = pagecache.BriefCopy(lambda: press.words)

    async def visit() -> None:
        app = process()
        for address in ("/kept/", "/kept/", "/kept/one/"):
            await get(app, address)
        press.words = "second words"
        assert (await get(app, "/kept/two/")).text == "two:first words"  # as old as a page may be
        await asyncio.to_thread(pagecache.purge, "story:1")
        assert (await get(app, "/kept/three/")).text == "three:second words"
        await asyncio.sleep(1.01)
        assert (await get(app, "/kept/two/")).text == "two:second words"

    run(visit())


def test_a_purge_of_another_tag_changes_nothing(press: Press) -> None:
    async def visit() -> None:
        app = process()
        await get(app, "/kept/")
        await get(app, "/kept/")
        before = press.renderings
        await asyncio.to_thread(pagecache.purge, "story:2", "home")
        await asyncio.sleep(1.01)
        await get(app, "/kept/")
        assert press.renderings == before

    run(visit())


def test_a_page_purged_while_it_was_rendered_is_not_kept(press: Press) -> None:
    """The hard case of the rule: words read before the purge, page finished after it."""

    async def visit() -> None:
        app = process()
        await get(app, "/kept/known/")
        press.seconds = 0.2
        rendering = asyncio.create_task(get(app, "/kept/here/"))
        await asyncio.sleep(0.1)
        press.words = "second words"
        await asyncio.to_thread(pagecache.purge, "story:1")
        await rendering
        press.seconds = 0
        assert (await get(app, "/kept/here/")).text == "here:second words"
        assert (await get(process(), "/kept/here/")).text == "here:second words"

    run(visit())


def test_a_page_ends_by_itself(press: Press) -> None:
    async def visit() -> None:
        app = process()
        press.until = timezone.now() + timedelta(seconds=0.4)
        await get(app, "/kept/")
        assert (await get(app, "/kept/")).text == ":first words"
        press.words = "without the picture"
        await asyncio.sleep(0.45)
        press.until = None
        assert (await get(app, "/kept/")).text == ":without the picture"

    run(visit())


@pytest.mark.parametrize("status", [404, 302, 500, 403])
def test_other_statuses_are_not_kept(press: Press, status: int) -> None:
    async def visit() -> None:
        app = process()
        press.status = status
        for _ in range(4):
            assert (await get(app, "/kept/")).status == status
        assert press.renderings == 4

    run(visit())


@pytest.mark.parametrize("status", [200, 301, 410])
def test_these_statuses_are_kept(press: Press, status: int) -> None:
    async def visit() -> None:
        app = process()
        press.status = status
        press.headers = {"Location": "/elsewhere/"} if status == 301 else {}
        answers = [await get(app, "/kept/") for _ in range(4)]
        assert {a.status for a in answers} == {status}
        assert press.renderings == 2
        if status == 301:
            assert answers[-1].headers["location"] == "/elsewhere/"

    run(visit())


@pytest.mark.parametrize(
    "headers",
    [{"Cache-Control": "no-store"}, {"Cache-Control": "private"}, {"Vary": "HX-Request"}, {"Set-Cookie": "a=b"}],
)
def test_a_page_that_is_not_for_everybody_is_not_kept(press: Press, headers: dict[str, str]) -> None:
    async def visit() -> None:
        app = process()
        press.headers = headers
        for _ in range(4):
            await get(app, "/kept/")
        assert press.renderings == 4

    run(visit())


def test_a_page_that_sets_a_cookie_is_not_kept(press: Press) -> None:
    async def visit() -> None:
        app = process()
        press.cookie = "mallory"
        for _ in range(3):
            assert "set-cookie" in (await get(app, "/kept/")).headers
        assert press.renderings == 3

    run(visit())


def test_what_no_view_keeps_is_passed_on_as_it_is(press: Press) -> None:
    async def visit() -> None:
        app = process()
        for name in ("alice", "bob"):
            answer = await get(app, "/personal/", cookie=f"desk={name}")
            assert answer.text == f"for desk={name}"
            assert "surrogate-key" not in answer.headers
        assert (await get(app, "/stream/")).text == "one two three"
        assert (await get(app, "/nowhere/")).status == 404

    run(visit())


def test_post_goes_to_django(press: Press) -> None:
    async def visit() -> None:
        app = process()
        await get(app, "/kept/")
        await get(app, "/kept/")
        await get(app, "/kept/", method="POST")
        assert press.renderings == 3
        assert press.seen[-1]["method"] == "POST"

    run(visit())


@pytest.mark.parametrize("tags", [set(), {"Story:1"}, {"story 1"}, {"story:1\r\nX: y"}, "story:1", {""}])
def test_keep_refuses_what_could_not_be_purged(tags: Any) -> None:
    from django.http import HttpResponse

    with pytest.raises(ValueError, match="tag"):
        pagecache.keep(HttpResponse(), tags)


def test_lifespan_and_websockets_pass_through() -> None:
    seen: list[str] = []

    async def django(scope: Any, receive: Any, send: Any) -> None:
        seen.append(scope["type"])

    async def visit() -> None:
        from newsroom.pagecache.asgi import PageCache

        for kind in ("lifespan", "websocket"):
            await PageCache(django)({"type": kind}, None, None)  # type: ignore[arg-type]
        assert seen == ["lifespan", "websocket"]

    run(visit())


def test_an_answer_that_is_no_page_shares_what_a_process_holds_for_a_second() -> None:
    """The desk's pages and /health/ are looked at to learn whether they are pages; each would ask for all of it again."""
    reads: list[int] = []
    copy = pagecache.BriefCopy(lambda: reads.append(1))
    for _ in range(3):
        token = rendering.set(Handover(watched=True))
        copy.get()
        rendering.reset(token)
    assert len(reads) == 1

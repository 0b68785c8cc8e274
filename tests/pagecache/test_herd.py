"""A thousand readers on a page that was just purged cause one rendering."""

from __future__ import annotations

import asyncio
import threading
from functools import partial

import pytest

from newsroom import pagecache
from newsroom.pagecache import store
from tests.pagecache.site import Press
from tests.pagecache.visiting import get, process

READERS = 1000


@pytest.fixture(autouse=True)
def redis_is_never_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a busy machine a question may take longer than readers wait for it, and then a page is rendered without."""
    monkeypatch.setattr(store, "TIMEOUT", 60.0)


def test_a_herd_on_a_purged_page_causes_one_rendering(press: Press) -> None:
    async def visit() -> None:
        app = process()
        await get(app, "/kept/")
        await get(app, "/kept/")
        press.words, press.seconds = "second words", 0.1
        await asyncio.to_thread(pagecache.purge, "story:1")
        await asyncio.sleep(1.01)
        before = press.renderings
        answers = await asyncio.gather(*(get(app, "/kept/") for _ in range(READERS)))
        assert {a.text for a in answers} == {":second words"}
        assert press.renderings == before + 1

    asyncio.run(visit())


def test_a_herd_in_two_processes_causes_one_rendering(press: Press) -> None:
    async def visit() -> None:
        apps = [process(), process()]
        for app in apps * 2:
            await get(app, "/kept/")
        press.words, press.seconds = "second words", 0.1
        await asyncio.to_thread(pagecache.purge, "story:1")
        await asyncio.sleep(1.01)
        before = press.renderings
        answers = await asyncio.gather(*(get(apps[n % 2], "/kept/") for n in range(READERS)))
        assert {a.text for a in answers} == {":second words"}
        assert press.renderings == before + 1

    asyncio.run(visit())


def test_a_herd_on_a_new_process_causes_two_renderings_at_most(press: Press) -> None:
    async def visit() -> None:
        press.seconds = 0.05
        app = process()
        answers = await asyncio.gather(*(get(app, "/kept/") for _ in range(READERS)))
        assert {a.text for a in answers} == {":first words"}
        assert press.renderings <= 2  # one that shows that the route keeps pages, one that is kept

    asyncio.run(visit())


def test_the_first_reader_hanging_up_leaves_the_others_their_page(press: Press) -> None:
    async def visit() -> None:
        app = process()
        await get(app, "/kept/known/")
        press.gate = threading.Event()
        first = asyncio.create_task(get(app, "/kept/here/"))
        await asyncio.sleep(0.05)
        others = [asyncio.create_task(get(app, "/kept/here/")) for _ in range(5)]
        await asyncio.sleep(0.05)
        first.cancel()
        press.gate.set()
        assert {(await other).text for other in others} == {"here:first words"}
        assert press.renderings == 3

    asyncio.run(visit())


def test_who_comes_after_a_purge_does_not_get_the_rendering_from_before(press: Press) -> None:
    async def visit() -> None:
        app = process()
        await get(app, "/kept/known/")
        press.gate = threading.Event()
        early = asyncio.create_task(get(app, "/kept/here/"))
        await asyncio.sleep(0.05)
        press.words = "second words"
        await asyncio.to_thread(pagecache.purge, "story:1")
        await asyncio.sleep(1.01)
        late = asyncio.create_task(get(app, "/kept/here/"))
        await asyncio.sleep(0.05)
        press.gate.set()
        # The first has waited for more than the second that a process may be behind: it is made anew for them too.
        assert (await early).text == "here:second words"
        assert (await late).text == "here:second words"

    asyncio.run(visit())


def test_nobody_is_given_what_was_withdrawn_while_it_was_made(press: Press) -> None:
    async def visit() -> None:
        app = process()
        await get(app, "/kept/known/")
        press.gate = threading.Event()
        reading = asyncio.create_task(get(app, "/kept/here/"))
        await asyncio.sleep(0.05)
        press.words = "a notice"
        await asyncio.to_thread(partial(pagecache.purge, "story:1", gone=True))
        press.gate.set()
        assert (await reading).text == "here:a notice"

    asyncio.run(visit())


def test_an_error_says_nothing_of_a_route(press: Press) -> None:
    """A process that begins with an address where nothing is still renders the next one once, and asks Redis for it."""

    async def visit() -> None:
        await get(process(), "/kept/held/")
        app = process()
        press.missing = True
        assert (await get(app, "/kept/nowhere/")).status == 404
        press.missing, press.seconds = False, 0.02
        before = press.renderings
        assert {answer.status for answer in await asyncio.gather(*(get(app, "/kept/here/") for _ in range(40)))} == {
            200
        }
        assert press.renderings - before <= 2, "the first on a route is rendered for itself, then for everybody"
        other = process()
        press.missing = True
        await get(other, "/kept/nowhere/")
        press.missing, press.fails = False, True
        assert (await get(other, "/kept/held/")).text == "held:first words"

    asyncio.run(visit())


def test_an_answer_that_is_no_page_is_made_for_each(press: Press) -> None:
    async def visit() -> None:
        app = process()
        await get(app, "/kept/known/")
        press.status, press.seconds = 404, 0.02
        answers = await asyncio.gather(*(get(app, "/kept/here/") for _ in range(20)))
        assert {a.status for a in answers} == {404}
        press.status = 200
        assert (await get(app, "/kept/here/")).status == 200

    asyncio.run(visit())


def test_a_first_reader_hanging_up_does_not_let_a_cold_herd_loose(press: Press) -> None:
    async def visit() -> None:
        app = process()
        press.gate = threading.Event()
        first = asyncio.create_task(get(app, "/kept/", hangs_up=True))
        await first
        others = [asyncio.create_task(get(app, "/kept/")) for _ in range(20)]
        await asyncio.sleep(0.05)
        press.gate.set()
        assert {(await other).text for other in others} == {":first words"}
        assert press.renderings <= 3  # the one given up, one that shows that the route keeps pages, one that is kept

    asyncio.run(visit())

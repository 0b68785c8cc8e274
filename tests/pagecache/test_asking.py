"""Asking: which request is for which page, and that no reader can put anything into another's."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest
from django.conf import LazySettings

from newsroom import pagecache
from tests.pagecache.site import Press
from tests.pagecache.visiting import get, process


def run(work: Coroutine[Any, Any, None]) -> None:
    asyncio.run(work)


def test_a_kept_page_is_rendered_for_nobody_in_particular(press: Press) -> None:
    async def visit() -> None:
        app = process()
        answer = await get(  # the first in the process, for whom Django answers once as for anybody
            app,
            "/kept/",
            host="www.example.org",
            cookie="desk=alice",
            x_forwarded_host="evil.example",
            x_forwarded_proto="https",
            accept_language="cy",
        )
        assert answer.status == 200
        assert press.seen[-1] == {
            "host": "127.0.0.1:8000", "cookie": "", "forwarded": "", "query": "", "scheme": "http", "method": "GET",
        }  # fmt: skip
        assert "cookie" not in answer.headers.get("vary", "").lower()
        assert [seen["cookie"] for seen in press.seen] == ["desk=alice", ""]

    run(visit())


def test_a_reader_with_a_session_gets_everybodys_page(press: Press) -> None:
    async def visit() -> None:
        app = process()
        await get(app, "/kept/")
        plain = await get(app, "/kept/")
        signed_in = await get(app, "/kept/", cookie="desk=alice")
        assert signed_in == plain
        assert press.renderings == 2

    run(visit())


@pytest.mark.parametrize("host", ["evil.example", "", "127.0.0.1:8000, evil.example", "www.example.org@evil.example"])
def test_another_host_gets_no_page(press: Press, host: str) -> None:
    async def visit() -> None:
        app = process()
        await get(app, "/kept/")
        await get(app, "/kept/")
        answer = await get(app, "/kept/", host=host)
        # Without a Host header Django falls back to the server's own name, as HTTP/1.0 needs.
        assert answer.status == (400 if host else 200)
        assert press.renderings == (2 if host else 3)

    run(visit())


def test_two_hosts_are_none(press: Press) -> None:
    """One for the cache's eyes and another for Django's would be a way in."""

    async def visit() -> None:
        app = process()
        await get(app, "/kept/")
        await get(app, "/kept/")
        answer = await get(app, "/kept/", more=[("host", "evil.example")])
        assert answer.status == 400

    run(visit())


def test_a_header_in_two_lines_is_one_list(press: Press) -> None:
    async def visit() -> None:
        app = process()
        press.words = "the same words " * 100
        await get(app, "/kept/")
        page = await get(app, "/kept/", accept_encoding="deflate", more=[("accept-encoding", "br")])
        assert page.headers["content-encoding"] == "br"
        again = {"accept_encoding": "br", "if_none_match": '"other"'}
        same = await get(app, "/kept/", more=[("if-none-match", page.headers["etag"])], **again)
        assert same.status == 304

    run(visit())


def test_http_reaches_django_where_the_site_is_https(press: Press, settings: LazySettings) -> None:
    async def visit() -> None:
        app = process()
        await get(app, "/kept/", scheme="https")
        await get(app, "/kept/", scheme="https")
        assert press.renderings == 2
        await get(app, "/kept/", scheme="http")
        assert press.renderings == 3
        assert press.seen[1]["scheme"] == "https"

    settings.ORIGIN = "https://www.example.org"
    run(visit())


def test_tracking_is_ignored_and_other_questions_are_not_kept(press: Press) -> None:
    async def visit() -> None:
        app = process()
        await get(app, "/kept/")
        await get(app, "/kept/")
        for query in ("utm_source=x", "fbclid=1&utm_medium=y", "gclid=a"):
            await get(app, "/kept/", query=query)
        assert press.renderings == 2
        await get(app, "/kept/", query="q=invented")
        await get(app, "/kept/", query="q=invented")
        assert press.renderings == 4
        assert press.seen[-1]["query"] == "q=invented"

    run(visit())


def test_a_declared_parameter_makes_a_page_of_its_own(press: Press) -> None:
    async def visit() -> None:
        app = process()
        await get(app, "/paged/")
        for _ in range(3):
            await get(app, "/paged/", query="page=2&utm_source=x")
        assert press.renderings == 3  # two for the first on its route
        assert press.seen[-1]["query"] == "page=2"
        for query in ("page=0", "page=2&page=3", "page=x", "page=99999"):
            await get(app, "/paged/", query=query)
        assert press.renderings == 7
        await asyncio.to_thread(pagecache.purge, "story:1")
        await asyncio.sleep(1.01)
        press.words = "second words"
        assert (await get(app, "/paged/", query="page=2")).text == "paged:second words"

    run(visit())


def test_a_parameter_that_the_view_does_not_declare_makes_no_page(press: Press) -> None:
    """Ten thousand numbers of one page would fill Valkey."""

    async def visit() -> None:
        app = process()
        await get(app, "/kept/")
        for number in ("2", "77", "9999", "x", ""):
            answer = await get(app, "/kept/", query=f"page={number}")
            assert answer.text == ":first words"
        assert press.renderings == 2
        assert list(app.copies) == ["/kept/"]

    run(visit())


def test_a_question_mark_in_the_path_asks_nothing(press: Press) -> None:
    """ "/paged/%3Fpage=2" reaches us decoded, with no query: it is another address, and Django knows none such."""

    async def visit() -> None:
        app = process()
        for _ in range(2):
            assert (await get(app, "/paged/", query="page=2")).status == 200
        for each in (app, process()):
            assert (await get(each, "/paged/?page=2")).status == 404

    run(visit())

"""Answers of a kept page: HEAD, validators, encodings, and what the caches in between are told."""

from __future__ import annotations

import asyncio
import gzip

import brotli
import pytest

from newsroom import pagecache
from tests.pagecache.site import Press
from tests.pagecache.test_serve import run
from tests.pagecache.visiting import get, process


def test_head_has_the_headers_and_no_body(press: Press) -> None:
    async def visit() -> None:
        app = process()
        await get(app, "/kept/")
        head = await get(app, "/kept/", method="HEAD")
        page = await get(app, "/kept/")
        assert head.body == b""
        assert head.headers == page.headers
        assert head.headers["content-length"] == str(len(page.body))
        await get(app, "/kept/name/")
        press.status = 404
        missing = await get(app, "/kept/other/", method="HEAD")
        assert (missing.status, missing.body) == (404, b"")

    run(visit())


def test_validators(press: Press) -> None:
    async def visit() -> None:
        app = process()
        press.headers = {"Last-Modified": "Wed, 11 Mar 2026 10:00:00 GMT"}
        press.words = "words " * 200
        await get(app, "/kept/")
        page = await get(app, "/kept/", accept_encoding="br")
        tag = page.headers["etag"]
        assert tag.startswith('"')
        for match in (tag, f'W/{tag}, "other"', f'"other", {tag}', "*"):
            same = await get(app, "/kept/", accept_encoding="br", if_none_match=match)
            assert same.status == 304
            assert same.body == b""
            assert same.headers["etag"] == tag
            assert same.headers["cache-control"] == page.headers["cache-control"]
            assert same.headers["vary"] == "accept-encoding"
            assert "content-length" not in same.headers
        plain = await get(app, "/kept/", if_none_match=tag)  # the ETag of another encoding
        assert plain.status == 200
        assert plain.headers["etag"] != tag
        assert (await get(app, "/kept/", if_modified_since="Wed, 11 Mar 2026 10:00:00 GMT")).status == 304
        # The very date: another machine's clock may have been ahead of the one that wrote this page.
        others = ("Wed, 11 Mar 2026 09:00:00 GMT", "Thu, 12 Mar 2026 10:00:00 GMT")
        for other in (*others, "yesterday", "", "Wed, 99 Mar 2026 10:00:00 GMT", "\xff"):
            assert (await get(app, "/kept/", if_modified_since=other)).status == 200
        # RFC 9110 13.1.3: If-Modified-Since is ignored beside If-None-Match.
        both = {"if_none_match": '"other"', "if_modified_since": "Wed, 11 Mar 2026 10:00:00 GMT"}
        assert (await get(app, "/kept/", **both)).status == 200

    run(visit())


def test_the_etag_changes_with_the_words(press: Press) -> None:
    async def visit() -> None:
        app = process()
        await get(app, "/kept/")
        tag = (await get(app, "/kept/")).headers["etag"]
        press.words = "second words"
        await asyncio.to_thread(pagecache.purge, "story:1")
        await asyncio.sleep(1.01)
        assert (await get(app, "/kept/", if_none_match=tag)).status == 200

    run(visit())


@pytest.mark.parametrize(
    ("accept", "encoding"),
    [
        ("", None),
        ("gzip", "gzip"),
        ("br", "br"),
        ("gzip, deflate, br, zstd", "br"),
        ("gzip;q=1.0, br;q=0.5", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("br;q=0, gzip;q=0", None),
        ("*", "br"),
        ("deflate", None),
        ("br;q=nonsense", None),
        ("BR", "br"),
    ],
)
def test_encodings(press: Press, accept: str, encoding: str | None) -> None:
    async def visit() -> None:
        app = process()
        press.words = "the same words " * 100
        await get(app, "/kept/")
        page = await get(app, "/kept/", accept_encoding=accept)
        assert page.headers.get("content-encoding") == encoding
        unpack = {None: bytes, "gzip": gzip.decompress, "br": brotli.decompress}[encoding]
        assert unpack(page.body).decode() == ":" + press.words
        assert page.headers["vary"] == "accept-encoding"
        assert page.headers["content-length"] == str(len(page.body))

    run(visit())


def test_small_pages_and_pictures_are_sent_as_they_are(press: Press) -> None:
    async def visit() -> None:
        app = process()
        await get(app, "/kept/")
        small = await get(app, "/kept/", accept_encoding="br, gzip")
        assert "content-encoding" not in small.headers
        assert "vary" not in small.headers
        press.words, press.content_type = "pixel " * 1000, "image/webp"
        assert "content-encoding" not in (await get(app, "/kept/picture/", accept_encoding="br")).headers

    run(visit())


def test_headers_for_the_world_between(press: Press) -> None:
    async def visit() -> None:
        app = process()
        press.tags = {"story:1", "section:3", "home"}
        press.headers = {"Content-Security-Policy": "default-src 'none'"}
        await get(app, "/kept/")
        page = await get(app, "/kept/")
        assert page.headers["surrogate-key"] == "home section:3 story:1"
        assert page.headers["cache-control"].startswith("public, max-age=0, s-maxage=1")
        assert page.headers["content-security-policy"] == "default-src 'none'"
        press.headers = {"Cache-Control": "public, max-age=60"}
        assert (await get(app, "/kept/own/")).headers["cache-control"] == "public, max-age=60"

    run(visit())

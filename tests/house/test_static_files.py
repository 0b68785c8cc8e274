"""Static files leave as the server takes them: whole, compressed where the browser reads that, in parts when asked."""

from __future__ import annotations

import asyncio
import gzip
import warnings
from pathlib import Path

from django.conf import LazySettings
from django.core.asgi import get_asgi_application

from newsroom.pagecache.asgi import PageCache
from tests.pagecache.visiting import Answer, get


def test_static_files_are_sent_whole(settings: LazySettings) -> None:
    settings.ORIGIN, settings.ALLOWED_HOSTS = "http://127.0.0.1:8000", ["127.0.0.1"]
    words = b"/* words */" * 500
    place = Path(settings.STATIC_ROOT)
    (place / "one.css").write_bytes(words)
    (place / "one.css.gz").write_bytes(gzip.compress(words))
    app = PageCache(get_asgi_application())

    async def visit() -> list[Answer]:
        plain = await get(app, "/static/one.css")
        return [
            plain,
            await get(app, "/static/one.css", method="HEAD"),
            await get(app, "/static/one.css", accept_encoding="gzip"),
            await get(app, "/static/one.css", range="bytes=3-7"),
            await get(app, "/static/one.css", range="bytes=99999-"),
            await get(app, "/static/one.css", if_none_match=plain.headers["etag"]),
            await get(app, "/static/one.css", method="POST"),
        ]

    with warnings.catch_warnings():
        warnings.simplefilter("error")  # Django warns of an iterator that it has to exhaust before it can send
        warnings.simplefilter("ignore", ResourceWarning)  # of what an earlier test left to be collected
        plain, head, packed, part, beyond, same, posted = asyncio.run(visit())
    assert [each.status for each in (plain, head, packed, part, beyond, same, posted)] == [
        200, 200, 200, 206, 416, 304, 405,
    ]  # fmt: skip
    assert (plain.body, plain.headers["content-type"]) == (words, 'text/css; charset="utf-8"')
    assert (head.body, head.headers["content-length"]) == (b"", str(len(words)))
    assert (gzip.decompress(packed.body), packed.headers["content-encoding"]) == (words, "gzip")
    assert (part.body, part.headers["content-range"]) == (b"words", f"bytes 3-7/{len(words)}")
    assert same.body == b""

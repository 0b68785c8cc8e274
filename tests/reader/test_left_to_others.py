"""What a cache in front is told of answers that ours does not keep, and of those that have not changed."""

from __future__ import annotations

import asyncio

import pytest
from django.conf import LazySettings

from tests.factories import articles as make
from tests.pagecache.visiting import get, process


@pytest.mark.django_db(transaction=True)
def test_what_no_purge_would_find_is_held_by_nobody(settings: LazySettings) -> None:
    settings.ORIGIN, settings.ALLOWED_HOSTS = "http://127.0.0.1:8000", ["127.0.0.1"]
    story = make.published_story()

    async def visit() -> None:
        app = process()
        for _ in range(2):
            kept = await get(app, story.path)
        assert "s-maxage=1" in kept.headers["cache-control"]
        for path, query in ((story.path, "ref=x"), ("/robots.txt", "ref=x"), ("/nothing/here/", "")):
            assert (await get(app, path, query=query)).headers["cache-control"] == "private, no-cache", path
        same = await get(app, story.path, if_none_match=kept.headers["etag"])
        assert same.status == 304
        assert same.headers["surrogate-key"] == kept.headers["surrogate-key"]

    asyncio.run(visit())

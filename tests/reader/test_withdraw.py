"""A story that is withdrawn or put under embargo leaves every exit at once, and no kept page brings it back (promises 8,
9 and 23)."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
import redis
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.db import OperationalError
from django.utils import timezone

from articles import workflow
from articles.reader import sitemaps
from newsroom import outbox
from newsroom.pagecache.asgi import PageCache
from newsroom.pagecache.copies import Gone
from newsroom.pagecache.rendering import Receive, Scope, Send
from tests.factories.accounts import person
from tests.factories.articles import published_story
from tests.pagecache.visiting import get

EXITS = ("/", "/royals/", "/news-sitemap.xml", "/feeds/rss.xml", "/royals/feed.xml")


class Site:
    """The product behind one process's page cache; ``away`` is a database that cannot be reached."""

    def __init__(self) -> None:
        self.away = False
        self.django = get_asgi_application()
        self.cache = PageCache(self, gone=Gone())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.away:
            raise OperationalError("the database is away")
        await self.django(scope, receive, send)  # type: ignore[arg-type]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("away", [False, True])
@pytest.mark.parametrize("move", ["withdraw", "embargo"])
def test_no_exit_shows_it_after_the_purge(move: str, away: bool) -> None:
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        client.flushdb()
    now = timezone.now()
    shown, other = published_story(headline="The gates", at=now), published_story(headline="The walls", at=now)
    site = Site()
    exits = (*EXITS, sitemaps.parts(now)[0].path)

    async def warm() -> None:
        for path in ("/about/privacy/", shown.path, *exits):
            await get(site.cache, path)
            answer = await get(site.cache, path)
            assert answer.status == 200, path
            assert path.startswith("/about/") or shown.path in answer.text, path

    async def leave() -> None:
        site.away = away
        await asyncio.sleep(1.01)  # for a second a process may serve its copy without asking
        for path in (shown.path, *exits):
            if away:
                with pytest.raises(OperationalError):  # nothing is shown: the server answers 500
                    await get(site.cache, path)
            else:
                answer = await get(site.cache, path)
                assert shown.path not in answer.text, path
                assert answer.status in (404, 410) if path == shown.path else other.path in answer.text, path
        if away:
            assert (await get(site.cache, "/about/privacy/")).status == 200  # what it does not stand on is still shown

    asyncio.run(warm())
    answers = {"reason": "The palace asks."} | (
        {"until": (now + timedelta(hours=1)).isoformat()} if move == "embargo" else {}
    )
    workflow.take(move, subject=shown, person=person("editor"), expected_version=1, at=now, **answers)
    outbox.relay()
    asyncio.run(leave())

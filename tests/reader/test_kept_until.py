"""How long a reader's page is kept when nobody says that anything changed, and which addresses are pages of their own."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client
from django.utils import timezone

from articles.models import Story
from newsroom.pagecache.handover import Handover, rendering
from tests.factories import articles as make
from tests.factories import media_assets as pictures
from tests.pagecache.visiting import get, process

NOW = timezone.now().replace(microsecond=0)
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def until(client: Client, path: str) -> datetime | None:
    """Until when the page that answers is kept."""
    return kept(client, path).until


def kept(client: Client, path: str) -> Handover:
    box = Handover()
    token = rendering.set(box)
    try:
        assert client.get(path).status_code == 200
    finally:
        rendering.reset(token)
    assert box.tags
    return box


def alone(name: str, **facts: Any) -> Story:
    """A published story in a section of its own."""
    return make.published_story(section=make.section(name), **facts)


@pytest.mark.django_db
def test_a_page_ends_when_the_rights_to_a_picture_on_it_end_or_begin(client: Client) -> None:
    """By itself: while no worker runs nothing is purged, and the right has ended all the same (promise 13)."""

    def ending(days: int) -> Any:
        return pictures.asset(ends_at=NOW + timedelta(days=days))

    def body(kind: str, placement: Any) -> str:
        return f'<p>Words.</p><div data-block="{kind}" data-id="{placement.pk}"></div>'

    make.published_story(lead_image=pictures.image_placement())
    assert {until(client, path) for path in ("/", "/royals/", "/feeds/rss.xml")} == {None}
    led = alone("Houses", lead_image=pictures.image_placement(ending(9)))
    beside = make.published_story(section=led.section)
    shown = pictures.image_placement(ending(8))
    inside = alone("Gardens", body=body("image", shown))
    product = make.product(picture=ending(7), price=None)
    selling = alone("Style", body=body("product", make.product_placement(product)))
    offering = alone("People", body=body("related", make.related_placement(Story.objects.get(pk=led.pk))))
    expected = {
        "/": 9,
        "/houses/": 9,
        led.path: 9,
        beside.path: 9,
        "/houses/feed.xml": 9,
        inside.path: 8,
        "/gardens/feed.xml": 8,
        selling.path: 7,
        offering.path: 9,
        "/feeds/rss.xml": 7,
    }
    found = {path: until(client, path) for path in expected}
    assert found == {path: NOW + timedelta(days=days) for path, days in expected.items()}
    never = {path: kept(client, path).never for path in expected}
    assert never == found, "and then nobody is shown it, even where no new page can be made"
    later = NOW + timedelta(days=2)
    coming = pictures.asset()
    coming.rights.update(starts_at=later)
    alone("Palaces", lead_image=pictures.image_placement(coming))
    assert until(client, "/palaces/") == until(client, "/") == later
    assert (kept(client, "/palaces/").never, kept(client, "/").never) == (None, found["/"])


@pytest.mark.django_db(transaction=True)
def test_only_pages_that_are_there_are_kept(settings: LazySettings) -> None:
    settings.ORIGIN, settings.ALLOWED_HOSTS = "http://127.0.0.1:8000", ["127.0.0.1"]
    stories = [make.published_story(headline=f"Story {n}") for n in range(21)]

    async def visit() -> None:
        app = process()
        for path in ("/", "/royals/", "/corrections/", stories[0].path):
            plain = await get(app, path)
            for number in (2, 3, 500, 9999):
                answer = await get(app, path, query=f"page={number}")
                turned = path == "/royals/" and number == 2
                beyond = path in ("/royals/", "/corrections/") and not turned
                assert answer.status == (404 if beyond else 200), (path, number)
                assert (answer.body == plain.body) is not (beyond or turned), (path, number)
        assert sorted(app.copies) == sorted(["/", "/royals/", "page=2/royals/", "/corrections/", stories[0].path])

    asyncio.run(visit())


@pytest.mark.django_db
def test_the_policy_of_a_story_is_this_and_no_wider(client: Client, settings: LazySettings) -> None:
    settings.ORIGIN = "http://127.0.0.1:8000"
    assert client.get(make.published_story().path)["Content-Security-Policy"] == POLICY


@pytest.mark.django_db
def test_a_live_time_that_is_over_is_told_by_no_list(client: Client) -> None:
    """Also while no worker runs that would end it; and no page that tells it is kept past the end."""
    story = make.published_story(headline="Running", live=True, topics=[make.topic("The King")])
    places = ("/", "/royals/", "/topics/the-king/")
    ends = timezone.now() + timedelta(hours=1)
    Story.objects.filter(pk=story.pk).update(live_until=ends)
    for path in places:
        assert "live-tag" in client.get(path).content.decode(), path
        assert (kept(client, path).until, kept(client, path).never) == (ends, None), path
    Story.objects.filter(pk=story.pk).update(live_until=timezone.now() - timedelta(minutes=1))
    for path in places:
        assert "live-tag" not in client.get(path).content.decode(), path
    assert "live-strip" not in client.get("/").content.decode()

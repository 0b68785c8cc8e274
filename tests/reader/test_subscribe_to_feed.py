"""RSS: whole stories, their pictures with credit, a guid that never changes."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any
from xml.etree import ElementTree

import pytest
import redis
from django.conf import settings
from django.db import connection
from django.test import Client
from django.utils import timezone

from articles.models import Story
from newsroom.pagecache import purge
from tests.asserts import page
from tests.factories import articles as make
from tests.factories import media_assets as pictures
from tests.factories import newsletters as letters
from tests.flush import flush_by_delete  # noqa: F401
from tests.pagecache.visiting import get, process

pytestmark = pytest.mark.django_db
NS = {
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "media": "http://search.yahoo.com/mrss/",
    "atom": "http://www.w3.org/2005/Atom",
}


def items(client: Client, path: str = "/feeds/rss.xml") -> list[Any]:
    response = client.get(path)
    assert response.status_code == 200
    assert response["Content-Type"].startswith("application/rss+xml")
    return ElementTree.fromstring(response.content).findall("channel/item")


def test_an_item_is_the_whole_story(client: Client) -> None:
    lead = pictures.image_placement(caption="At the gate.", alternative_text="A gate")
    placement = make.product_placement(make.product(checked_at=timezone.now()))
    quote = make.quote_placement()
    body = (
        f'<p>It began at <q data-quotation="{quote.quotation_id}">“nine”</q>. <a href="/houses/">Houses</a></p>'
        f'<div data-block="quote" data-id="{quote.pk}"></div><div data-block="product" data-id="{placement.pk}"></div>'
    )
    story = make.published_story(
        headline="Gates & <em>ways</em>", standfirst="Why.", body=body, lead_image=lead, topics=[make.topic("The King")]
    )
    make.update(story, kind="correction", line="It began at ten.")
    (item,) = items(client)
    assert item.findtext("title") == "Gates & <em>ways</em>"
    assert item.findtext("link") == f"http://127.0.0.1:8000{story.path}"
    assert item.findtext("dc:creator", namespaces=NS) == story.owner.name
    assert item.findtext("pubDate") == "Thu, 11 Sep 2025 08:00:00 +0000"
    assert item.findtext("dcterms:modified", namespaces=NS) == "2025-09-11T09:30:00+01:00"
    assert [category.text for category in item.findall("category")] == ["Royals", "The King"]
    picture = item.find("media:content", NS)
    assert picture.findtext("media:credit", namespaces=NS) == "Getty Images"
    assert picture.findtext("media:text", namespaces=NS) == "A gate"
    text = page(item.findtext("content:encoded", namespaces=NS))
    assert "(Image credit: Getty Images)" in text.text
    assert "It began at ten." in text.text
    assert "affiliate links" in text.all("p")[0].text
    paid = text.one("a", rel="sponsored nofollow noopener")
    assert paid.attributes["href"] == f"{settings.ORIGIN}/go/{placement.pk}/"
    assert text.text.index("Affiliate link.") < text.text.index("Wool riding coat")
    assert "data-quotation" not in item.findtext("content:encoded", namespaces=NS)
    addresses = [
        element.attributes[name] for element in text.walk() for name in ("href", "src") if name in element.attributes
    ]
    assert addresses
    assert all(address.startswith(("https://", "http://")) for address in addresses), addresses


def test_the_guid_outlives_headline_address_section_and_time(client: Client) -> None:
    story = make.published_story(headline="First words")
    (before,) = items(client)
    guid = before.find("guid")
    assert guid.attrib == {"isPermaLink": "false"}
    assert guid.text == f"tag:127.0.0.1,2025-09-11:story-{story.pk}"
    Story.objects.filter(pk=story.pk).update(slug="moved", section=make.section("Houses"))
    story.refresh_from_db()
    make.update(story, kind="update")
    (after,) = items(client)
    assert after.findtext("guid") == guid.text
    assert after.findtext("link") != before.findtext("link")


def test_a_section_has_its_own(client: Client) -> None:
    make.published_story(headline="Here")
    make.published_story(headline="There", section=make.section("Houses"))
    assert [item.findtext("title") for item in items(client, "/houses/feed.xml")] == ["There"]
    assert len(items(client)) == 2
    assert client.get("/nowhere/feed.xml").status_code == 404


def test_nothing_in_a_story_breaks_the_xml(client: Client) -> None:
    # The factory writes past the rules, as an old row or another program might have left it.
    make.published_story(
        headline="]]> & </title> \U0001f451 \u202eשלום", body="<p>A ]]&gt; B</p>", standfirst="bell \x07 here"
    )
    (item,) = items(client)
    assert item.findtext("title") == "]]> & </title> \U0001f451 \u202eשלום"
    assert item.findtext("description") == "bell  here"
    assert "]]&gt;" in item.findtext("content:encoded", namespaces=NS)


def test_a_picture_without_the_right_for_feeds_is_not_in_them(client: Client) -> None:
    from media_assets import rights
    from media_assets.models import Use

    asset = pictures.asset()
    rights.add(asset, person=make.somebody("picture_editor"), use=Use.FEED, allowed=False, note="Web only", at=make.AT)
    placed = pictures.image_placement(asset)
    story = make.published_story(
        lead_image=placed, body=f'<p>Words.</p><div data-block="image" data-id="{placed.pk}"></div>'
    )
    (item,) = items(client)
    assert item.find("media:content", NS) is None
    assert "<img" not in item.findtext("content:encoded", namespaces=NS)
    assert "<img" in client.get(story.path).content.decode()


@pytest.mark.parametrize("many", [1, 20])
def test_a_feed_costs_at_most_six_queries(client: Client, many: int, at_most: Any) -> None:
    box = letters.box(letters.newsletter())
    for number in range(many):
        quote, product = make.quote_placement(), make.product_placement()
        related = make.related_placement(make.published_story(section=make.section("Houses")))
        body = "".join(
            f'<p>Words.</p><div data-block="{kind}" data-id="{placed.pk}"></div>'
            for kind, placed in (("quote", quote), ("product", product), ("related", related), ("newsletter", box))
        )
        make.published_story(
            body=body,
            lead_image=pictures.image_placement(pictures.asset(size=(64, 48))),
            at=make.AT + timedelta(minutes=number),
        )
    with at_most(6):  # a section's as well, which has the section to find
        assert len(items(client)) == min(20, 2 * many)
    with at_most(6):
        assert len(items(client, "/royals/feed.xml")) == many


@pytest.mark.parametrize("path", ["/feeds/rss.xml", "/feeds/atom.xml", "/feeds/feed.json"])
@pytest.mark.django_db(transaction=True)
def test_a_reader_that_asks_by_time_alone_gets_what_is_new_and_nothing_else(path: str) -> None:
    """Also a change that moves no story's own time: one that was withdrawn must leave it."""
    with redis.Redis.from_url(settings.REDIS_URL) as store:
        store.flushdb()
    story, cache = make.published_story(headline="It goes"), process()
    make.published_story(headline="It stays")

    async def visit() -> None:
        first = await get(cache, path)
        dated = first.headers["last-modified"]
        assert parsedate_to_datetime(dated) <= timezone.now()
        assert (await get(cache, path, if_modified_since=dated)).status == 304
        # Any other date: one clock may be before another, and what was written anew would not be sent until much later.
        for seconds in (-1, 300):
            other = format_datetime(parsedate_to_datetime(dated) + timedelta(seconds=seconds), usegmt=True)
            assert (await get(cache, path, if_modified_since=other)).status == 200
        await asyncio.sleep(1.01)
        await asyncio.to_thread(withdrawn)
        await asyncio.sleep(1.01)
        answer = await get(cache, path, if_modified_since=dated)
        assert answer.status == 200
        assert b"It goes" not in answer.body
        assert b"It stays" in answer.body

    def withdrawn() -> None:
        Story.objects.filter(pk=story.pk).update(readers="withdrawn")
        purge(f"story:{story.pk}")
        connection.close()

    asyncio.run(visit())

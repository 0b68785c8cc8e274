"""robots.txt, the site maps and the policies."""

from __future__ import annotations

from datetime import timedelta
from xml.etree import ElementTree

import pytest
from django.test import Client
from django.utils import timezone

from articles.reader import discovery
from articles.reader.views import ABOUT
from newsroom.publication.models import Publication
from tests.asserts import assert_sound, json_ld, page
from tests.factories import articles as make

pytestmark = pytest.mark.django_db
SITE = "http://127.0.0.1:8000"
MAP = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "news": "http://www.google.com/schemas/sitemap-news/0.9"}


def test_robots_are_kept_from_the_desk_and_led_to_the_maps(client: Client) -> None:
    text = client.get("/robots.txt").content.decode()
    assert "Disallow: /desk/\n" in text
    for line in text.splitlines():
        if line.startswith("Sitemap: "):
            assert client.get(line.removeprefix("Sitemap: ")).status_code == 200


def test_the_news_map_holds_two_days(client: Client) -> None:
    Publication.objects.update_or_create(pk=1, defaults={"name": "Gates & Walls"})
    now = timezone.now()
    new = make.published_story(headline="New & <b>bold</b>", at=now - timedelta(hours=47))
    make.published_story(headline="Old", at=now - timedelta(hours=49))
    root = ElementTree.fromstring(client.get("/news-sitemap.xml").content)
    (url,) = list(root)
    assert url.findtext("s:loc", namespaces=MAP).endswith(new.path)
    assert url.findtext("news:news/news:title", namespaces=MAP) == "New & <b>bold</b>"
    assert url.findtext("news:news/news:publication/news:name", namespaces=MAP) == "Gates & Walls"


def test_the_news_map_holds_a_thousand(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Google reads no more of one file; the newest are the ones that it must not miss."""
    assert (1_000, timedelta(days=2)) == (discovery.NEWS_MOST, discovery.NEWS_AGE)
    monkeypatch.setattr(discovery, "NEWS_MOST", 3)
    now = timezone.now()
    made = [make.published_story(at=now - timedelta(hours=hours)) for hours in range(1, 6)]
    root = ElementTree.fromstring(client.get("/news-sitemap.xml").content)
    found = [url.findtext("s:loc", namespaces=MAP) for url in root]
    assert [path for path in found if path] == [f"{SITE}{story.path}" for story in made[:3]]


@pytest.mark.parametrize("name", list(ABOUT))
def test_each_policy_is_a_page_that_the_footer_leads_to(client: Client, name: str) -> None:
    root = page(client.get(f"/about/{name}/"))
    assert_sound(root)
    assert root.one("h1").text == ABOUT[name]
    assert f"/about/{name}/" in [a.attributes["href"] for a in page(client.get("/")).one("footer", "foot").all("a")]


def test_every_link_of_the_frame_leads_somewhere(client: Client) -> None:
    make.published_story()
    root = page(client.get("/"))
    assert len(root.all("a")) > 5
    for link in root.all("a") + root.all("link"):
        href = link.attributes["href"]
        if href.startswith("/") and not href.startswith("/static/"):
            assert client.get(href).status_code == 200, href
    organisation = next(thing for thing in json_ld(root) if thing["@type"] == "NewsMediaOrganization")
    policies = {name: each for name, each in organisation.items() if str(each).startswith("http") and name != "@id"}
    assert {"publishingPrinciples", "correctionsPolicy", "ethicsPolicy", "masthead", "actionableFeedbackPolicy"} < set(
        policies
    )
    for name, each in policies.items():
        assert client.get(each).status_code == 200, name

"""The front page and the sections' pages."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from articles.models import Story
from articles.reader import sitemaps
from tests.asserts import assert_sound, page
from tests.factories import articles as make
from tests.factories import media_assets as pictures

pytestmark = pytest.mark.django_db


def headlines(root: Any) -> list[str]:
    return [head.text for head in root.one("main").walk() if "head" in head.classes]


def many(number: int, *, section: Any = None, pictured: bool = False) -> list[Story]:
    """``number`` stories, the last the newest."""
    lead = pictures.image_placement() if pictured else None
    return [
        make.published_story(
            headline=f"Story {n}", section=section, lead_image=lead, at=make.AT + timedelta(minutes=n), owner=_owner()
        )
        for n in range(number)
    ]


def _owner() -> Any:
    from tests.factories.accounts import person

    return person("reporter")


def test_an_empty_site_is_a_page(client: Client) -> None:
    root = page(client.get("/"))
    assert_sound(root)
    assert "Nothing is published yet" in root.text


def test_the_newest_story_leads(client: Client) -> None:
    many(3)
    newest = make.published_story(headline="The newest", section=make.section("Houses"), at=make.AT + timedelta(days=1))
    response = client.get("/")
    root = page(response)
    assert_sound(root)
    assert root.one("article", "lead").one("h2").text == "The newest"
    assert {"home", f"story:{newest.pk}", f"section:{newest.section_id}"} <= response.page_tags  # type: ignore[attr-defined]


def test_a_story_with_a_picture_leads_before_a_newer_one_without(client: Client) -> None:
    make.published_story(headline="With picture", lead_image=pictures.image_placement())
    make.published_story(headline="Newer, without", at=make.AT + timedelta(minutes=5))
    root = page(client.get("/"))
    assert root.one("article", "lead").one("h2").text == "With picture"
    assert "Newer, without" in headlines(root)


def test_no_story_stands_twice_and_none_is_lost(client: Client) -> None:
    for name in ("Royals", "Houses", "Style"):
        many(4, section=make.section(name), pictured=True)
    root = page(client.get("/"))
    paths = [a.attributes["href"] for a in root.one("main").all("a") if a.attributes["href"].count("/") == 3]
    assert sorted(paths) == sorted(story.path for story in Story.objects.select_related("section"))


def test_live_stories_stand_in_the_strip(client: Client) -> None:
    make.published_story(headline="Quiet")
    make.published_story(headline="Running", live=True)
    strip = page(client.get("/")).one("ul", "live-strip")
    assert [a.text for a in strip.all("a")] == ["Running"]


def test_withdrawn_and_coming_stories_are_on_no_list(client: Client) -> None:
    shown = make.published_story(headline="Shown")
    hidden = [
        make.withdrawn_story(headline="Withdrawn"),
        make.published_story(headline="Coming", at=timezone.now() + timedelta(hours=1), live=True),
        make.story(headline="Draft"),
    ]
    for path in (
        "/",
        "/royals/",
        "/feeds/rss.xml",
        "/royals/feed.xml",
        "/sitemap.xml",
        sitemaps.parts(timezone.now())[0].path,
        "/news-sitemap.xml",
        shown.path,
    ):
        html = client.get(path).content.decode()
        for story in hidden:
            assert story.slug not in html, (path, story.slug)


def test_a_picture_without_rights_is_not_shown_but_its_tag_is(client: Client) -> None:
    asset = pictures.asset(ends_at=timezone.now() - timedelta(days=1), at=make.AT - timedelta(days=9))
    placed = pictures.image_placement(asset)
    make.published_story(lead_image=placed)
    response = client.get("/")
    assert not page(response).one("main").all("img")
    assert f"asset:{asset.pk}" in response.page_tags  # type: ignore[attr-defined]


@pytest.mark.parametrize("number", [1, 20])
def test_the_front_page_costs_at_most_six_queries(client: Client, number: int, at_most: Any) -> None:
    for place in range(number):
        many(2, section=make.section(f"Section {place}"), pictured=place < 2)
    make.published_story(live=True)
    with at_most(6):
        client.get("/")


@pytest.mark.parametrize("number", [1, 20])
def test_a_section_costs_at_most_six_queries(client: Client, number: int, at_most: Any) -> None:
    many(number, pictured=True)
    with at_most(6):
        assert client.get("/royals/").status_code == 200


def test_a_section_is_read_page_by_page(client: Client) -> None:
    stories = many(43)
    seen: list[str] = []
    for number, count in ((1, 20), (2, 20), (3, 3)):
        root = page(client.get("/royals/" if number == 1 else f"/royals/?page={number}"))
        assert_sound(root)
        heads = [head for head in headlines(root) if head.startswith("Story ")]
        assert len(heads) == count
        seen += heads
        ways = {a.attributes["rel"]: a.attributes["href"] for a in root.all("a", "button-line")}
        expected = {"prev": "/royals/" if number == 2 else f"/royals/?page={number - 1}"} if number > 1 else {}
        assert ways == expected | ({"next": f"/royals/?page={number + 1}"} if number < 3 else {})
    assert seen == [f"Story {n}" for n in reversed(range(len(stories)))]


@pytest.mark.parametrize("asked", ["0", "4", "-1", "x", "1e3", "", "٢", "9" * 5000, "2%00", "1;drop"])
def test_a_page_that_cannot_be_is_not_found(client: Client, asked: str) -> None:
    many(3)
    assert client.get("/royals/", {"page": asked}).status_code == 404


def test_an_empty_section_says_so(client: Client) -> None:
    make.section("Houses")
    root = page(client.get("/houses/"))
    assert_sound(root)
    assert "Nothing is published here yet" in root.text
    assert root.one("nav", "nav").one("a", aria_current="page").text == "Houses"
    assert client.get("/nowhere/").status_code == 404

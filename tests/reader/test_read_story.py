"""A story's page: what it says, and that it says the same to people and to machines."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from articles.models import Draft, Sighting, Story
from newsroom.publication.models import Publication
from tests.asserts import assert_sound, json_ld, meta, page
from tests.factories import articles as make
from tests.factories import media_assets as pictures
from tests.factories import newsletters as letters
from tests.factories.accounts import person
from tests.factories.corrections import correction

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _publication() -> None:
    Publication.objects.update_or_create(pk=1, defaults={"name": "The Long Walk", "contact_email": "desk@example.org"})


def read(client: Client, story: Story) -> Any:
    response = client.get(story.path)
    assert response.status_code == 200
    return page(response)


def block(kind: str, placement: Any) -> str:
    return f'<div data-block="{kind}" data-id="{placement.pk}"></div>'


def test_it_says_who_what_and_when(client: Client) -> None:
    alice = person("reporter", name="Alice Ashdown")
    story = make.published_story(
        headline="The gates open",
        kicker="Gardens",
        standfirst="After eleven years of work.",
        owner=alice,
        topics=[make.topic("King Charles")],
        at=datetime(2025, 9, 11, 8, 12, tzinfo=UTC),
    )
    make.update(story, kind="update", line="Adds the queue.", at=datetime(2025, 9, 11, 12, 40, tzinfo=UTC))
    root = read(client, story)
    assert_sound(root)
    assert root.one("h1").text == "The gates open"
    assert root.one("p", "standfirst").text == "After eleven years of work."
    assert root.one("p", "by").text == "By Alice Ashdown"
    assert [p.text for p in root.one("div", "byline").all("p")[1:]] == [
        "Published 11 September 2025, 09.12 BST",
        "Updated 11 September 2025, 13.40 BST",
    ]
    assert [time.attributes["datetime"] for time in root.one("div", "byline").all("time")] == [
        "2025-09-11T09:12:00+01:00",
        "2025-09-11T13:40:00+01:00",
    ]
    assert "King Charles" in root.one("section", "topics").text


def test_machines_are_told_what_people_are_told(client: Client) -> None:
    lead = pictures.image_placement(pictures.asset(credit="Jane Poe/Getty Images", size=(1700, 1100)))
    story = make.published_story(headline="The gates open", lead_image=lead, standfirst="After eleven years.")
    make.update(story, kind="correction", line="It was eleven years, not twelve.")
    root = read(client, story)
    times = [time.attributes["datetime"] for time in root.one("div", "byline").all("time")]
    article = next(thing for thing in json_ld(root) if thing["@type"] == "NewsArticle")
    assert article["headline"] == root.one("h1").text == meta(root, "og:title")[0]
    assert [article["datePublished"], article["dateModified"]] == times
    assert meta(root, "article:published_time") + meta(root, "article:modified_time") == times
    assert f"By {article['author'][0]['name']}" == root.one("p", "by").text
    assert article["image"][0]["creditText"] == "Jane Poe/Getty Images"
    assert root.one("figure", "hero").one("span", "credit").text == "(Image credit: Jane Poe/Getty Images)"
    assert article["image"][0]["width"] >= 1200
    assert article["correction"][0]["text"] == "It was eleven years, not twelve."
    assert "It was eleven years, not twelve." in root.one("section", "correction").text
    assert article["isAccessibleForFree"] is True
    assert root.one("link", rel="canonical").attributes["href"].endswith(story.path)
    assert meta(root, "og:url") == [root.one("link", rel="canonical").attributes["href"]]
    assert meta(root, "robots") == ["max-image-preview:large"]
    crumbs = next(thing for thing in json_ld(root) if thing["@type"] == "BreadcrumbList")
    assert [step["name"] for step in crumbs["itemListElement"]] == ["The Long Walk", "Royals", "The gates open"]


def test_a_minor_change_moves_no_time(client: Client) -> None:
    story = make.published_story()
    before = [time.attributes["datetime"] for time in read(client, story).all("time")]
    make.update(story, kind="minor", at=make.AT + timedelta(hours=3))
    root = read(client, story)
    assert [time.attributes["datetime"] for time in root.all("time")] == before
    assert "Updated" not in root.one("div", "byline").text


def test_only_the_published_revision_is_read(client: Client) -> None:
    story = make.published_story(headline="What was approved", body="<p>Approved words.</p>")
    again = Draft.objects.create(
        story=story, opened_by=story.owner, opened_at=make.AT, changed_at=make.AT, changed_by=story.owner
    )
    again.head = make.revision(again, author=story.owner, headline="Newer words", body="<p>Not yet approved.</p>")
    again.save()
    html = client.get(story.path).content.decode()
    assert "Approved words." in html
    assert "Newer words" not in html
    assert "Not yet approved" not in html


def test_what_readers_may_not_see_is_not_there(client: Client) -> None:
    draft = make.story(headline="A secret")
    coming = make.published_story(headline="Tomorrow", at=timezone.now() + timedelta(hours=1))
    for story in (draft, coming):
        response = client.get(story.path)
        assert response.status_code == 404
        assert story.path not in client.get("/").content.decode()
    assert client.get("/royals/never-written/").status_code == 404
    elsewhere = make.published_story()
    make.section("Houses")
    assert client.get(f"/houses/{elsewhere.slug}/").status_code == 404


def test_a_withdrawn_story_leaves_a_notice(client: Client) -> None:
    story = make.withdrawn_story(
        headline="A mistaken story", notice="It named the wrong person.", reason="Letter from counsel"
    )
    response = client.get(story.path)
    assert response.status_code == 410
    assert response.page_tags == {f"story:{story.pk}", "publication"}  # type: ignore[attr-defined]
    root = page(response)
    assert_sound(root)
    assert "It named the wrong person." in root.one("main").text
    html = response.content.decode()
    assert "Letter from counsel" not in html
    assert "A mistaken story" not in html


def test_a_live_story_says_that_it_goes_on(client: Client) -> None:
    live = read(client, make.published_story(live=True))
    assert live.one("p", "live-notice").text == "We will continue to update this story."
    assert "We will continue" not in read(client, make.published_story(live=False)).text


def test_notes_stand_above_the_text(client: Client) -> None:
    story = make.published_story()
    make.update(story, kind="clarification", line="The garden is free to enter.")
    for hour in range(5):
        make.update(story, kind="update", line=f"Hour {hour}.")
    root = read(client, story)
    assert root.one("section", "correction").one("h2").text == "Clarification"
    body = root.one("div", "story-body")
    kinds = [child.tag for child in body.children if not isinstance(child, str)]
    assert kinds[:3] == ["section", "section", "p"]
    shown = [p.text for p in root.one("section", "update").all("p")]
    assert shown == ["Hour 4.", "Hour 3.", "Hour 2.", "Earlier updates (2)"]
    assert root.one("a", href="#log").text == "Earlier updates (2)"
    log = root.one("section", "log").all("li")
    assert [li.all("p")[0].text for li in log] == ["The garden is free to enter.", *(f"Hour {n}." for n in range(5))]
    assert log[0].text.startswith("Clarification 11 September 2025, 09.30 BST")


def test_the_disclosure_comes_before_the_first_paid_link(client: Client) -> None:
    placement = make.product_placement(make.product(checked_at=timezone.now()))
    story = make.published_story(body=f"<p>It is cold.</p>{block('product', placement)}")
    root = read(client, story)
    link = root.one("a", rel="sponsored nofollow noopener")
    assert link.attributes["href"] == f"/go/{placement.pk}/"
    product = root.one("aside", "product")
    first = next(child for child in product.children if not isinstance(child, str))
    assert first.text == "Affiliate link. We earn a commission if you buy through it."
    assert "affiliate links" in root.one("div", "byline").one("p", "disclosure").text
    assert "£240.00" in product.text


def test_a_paid_link_in_the_text_is_marked_and_disclosed(client: Client) -> None:
    make.merchant()
    body = '<p>See <a href="https://www.shop.example/x">this</a> and <a href="https://other.example/">that</a>.</p>'
    root = read(client, make.published_story(body=body))
    links = {a.text: a.attributes.get("rel", "") for a in root.one("div", "story-body").all("p")[0].all("a")}
    assert links == {"this": "sponsored nofollow noopener", "that": ""}
    assert root.one("p", "disclosure")


def test_read_next_is_the_newest_of_the_section(client: Client) -> None:
    story = make.published_story(headline="This one")
    other = make.published_story(headline="Elsewhere", section=make.section("Houses"))
    for hour in range(7):
        make.published_story(headline=f"Hour {hour}", at=make.AT + timedelta(hours=hour))
    response = client.get(story.path)
    offered = [head.text for head in page(response).one("section", "row").all("h3")]
    assert offered == ["Hour 6", "Hour 5", "Hour 4", "Hour 3"]
    assert other.path not in response.content.decode()
    newest = Story.objects.get(published_revision__headline="Hour 6")
    assert f"story:{newest.pk}" in response.page_tags  # type: ignore[attr-defined]


def test_the_page_stands_on_what_it_shows(client: Client) -> None:
    lead = pictures.image_placement()
    inside = pictures.image_placement()
    quote, product = make.quote_placement(), make.product_placement()
    other = make.published_story(section=make.section("Houses"))
    body = (
        f"<p>Words.</p>{block('image', inside)}{block('quote', quote)}{block('product', product)}"
        f"{block('related', make.related_placement(other))}<p>More.</p>"
    )
    topic = make.topic()
    story = make.published_story(lead_image=lead, body=body, topics=[topic])
    assert client.get(story.path).page_tags == {  # type: ignore[attr-defined]
        "publication",
        f"topic-name:{topic.pk}",
        f"story:{story.pk}",
        f"story:{other.pk}",
        f"asset:{lead.asset_id}",
        f"asset:{inside.asset_id}",
        f"quotation:{quote.quotation_id}",
        f"product:{product.product_id}",
    }


@pytest.mark.parametrize("many", [1, 20])
def test_it_costs_at_most_five_queries(client: Client, many: int, at_most: Any) -> None:
    """With every kind of block in the body."""
    box = letters.box(letters.newsletter())
    parts = []
    for number in range(many):
        parts += [
            f"<p>Paragraph {number}.</p>",
            block("image", pictures.image_placement(pictures.asset(size=(64, 48)))),
            block("quote", make.quote_placement()),
            block("product", make.product_placement(make.product(picture=pictures.asset(size=(64, 48))))),
            block("related", make.related_placement(make.published_story(section=make.section("Houses")))),
            block("newsletter", box),
        ]
        make.published_story(lead_image=pictures.image_placement(pictures.asset(size=(64, 48))))
    story = make.published_story(
        body="".join(parts),
        lead_image=pictures.image_placement(),
        topics=[make.topic(f"Topic {n}") for n in range(many)],
    )
    for number in range(many):
        make.update(story, line=f"Update {number}.")
        correction(story)
    with at_most(5):  # the first time: keeping what readers are given is counted too
        root = read(client, story)
    assert Sighting.objects.filter(story=story).count() == 1
    assert len(root.all("aside", "product")) == len(root.all("figure", "pull")) == many
    assert root.all("form")


def test_no_cookie_is_set_and_none_is_asked(client: Client) -> None:
    story = make.published_story()
    for path in ("/", "/royals/", story.path, "/feeds/rss.xml", "/robots.txt", "/about/privacy/"):
        response = client.get(path)
        assert response.status_code == 200, path
        assert not response.cookies, path
        assert "cookie" not in response.headers.get("Vary", "").lower(), path

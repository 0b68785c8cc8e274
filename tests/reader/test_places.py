"""Topics and authors: their pages, and the feeds of every place in three formats that say the same."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from articles import workflow
from articles.models import Story
from articles.reader import feeds
from articles.reader.places import author_path
from newsroom import outbox
from newsroom.accounts import people
from newsroom.publication.current import forget
from newsroom.publication.models import Publication
from tests.asserts import assert_sound, json_ld, page
from tests.factories import articles as make
from tests.factories import media_assets as pictures
from tests.factories.accounts import person

pytestmark = pytest.mark.django_db
ATOM = {"a": "http://www.w3.org/2005/Atom"}


def listed(client: Client, path: str) -> list[str]:
    response = client.get(path)
    assert response.status_code == 200, path
    root = page(response)
    assert_sound(root)
    return [head.text for head in root.one("main").walk() if "head" in head.classes][1:]


def test_a_topic_has_its_stories_and_no_other(client: Client) -> None:
    king, windsor = make.topic("The King"), make.topic("Windsor")
    make.published_story(headline="Of the King", topics=[king])
    make.published_story(headline="Of both", topics=[king, windsor], at=make.AT + timedelta(hours=1))
    make.published_story(headline="Of Windsor", topics=[windsor])
    assert listed(client, f"/topics/{king.slug}/") == ["Of both", "Of the King"]


def test_a_story_leads_to_its_topics_and_its_authors(client: Client) -> None:
    king = make.topic("The King")
    ann, bob = person("reporter", name="Ann Poe"), person("reporter", name="Bob Roe")
    story = make.published_story(headline="Seen", topics=[king], owner=ann)
    story.bylines.create(person=bob, position=1)
    root = page(client.get(story.path))
    assert root.one("p", "by").text == "By Ann Poe and Bob Roe"
    for link in [*root.one("p", "by").all("a"), *root.one("section", "topics").all("a")]:
        assert "Seen" in listed(client, link.attributes["href"])
    article = next(thing for thing in json_ld(root) if thing["@type"] == "NewsArticle")
    assert [author["url"] for author in article["author"]] == [
        f"{settings.ORIGIN}{author_path(who.pk, who.name)}" for who in (ann, bob)
    ]


def test_machines_are_told_whose_page_it_is_and_what_is_on_it(client: Client) -> None:
    """schema.org: a page has works as its parts, and a list as its main entity; Google asks a profile's to be the person."""
    king, ann = make.topic("The King"), person("reporter", name="Ann Poe")
    story = make.published_story(headline="Seen", topics=[king], owner=ann)
    about = {"headline": "Seen", "url": f"{settings.ORIGIN}{story.path}"}
    told = {thing["@type"]: thing for thing in json_ld(page(client.get(author_path(ann.pk, "Ann Poe"))))}
    assert told["ProfilePage"]["mainEntity"]["name"] == "Ann Poe"
    assert told["ProfilePage"]["mainEntity"]["@type"] == "Person"
    assert told["ProfilePage"]["hasPart"] == [{"@type": "NewsArticle", **about}]
    told = {thing["@type"]: thing for thing in json_ld(page(client.get(f"/topics/{king.slug}/")))}
    rows = told["CollectionPage"]["mainEntity"]["itemListElement"]
    assert rows == [{"@type": "ListItem", "position": 1, "name": "Seen", "url": about["url"]}]


@pytest.mark.parametrize("hidden", ["draft", "withdrawn", "embargoed"])
def test_what_readers_may_not_see_makes_no_page(client: Client, hidden: str) -> None:
    """Promise 8; and of nobody without a published byline does the site say that they work here."""
    king = make.topic("The King")
    facts: dict[str, Any] = {"topics": [king], "owner": person("reporter", name="Ann Poe")}
    story = {"draft": make.story, "withdrawn": make.withdrawn_story, "embargoed": make.published_story}[hidden](**facts)
    if hidden == "embargoed":
        Story.objects.filter(pk=story.pk).update(embargo_until=timezone.now() + timedelta(hours=1))
    for path in (f"/topics/{king.slug}/", author_path(story.owner_id, "Ann Poe")):
        assert client.get(path).status_code == 404, path
    for folder in (f"/topics/{king.slug}/", f"/authors/{story.owner_id}/"):
        for file in ("feed.xml", "atom.xml", "feed.json"):
            assert client.get(folder + file).status_code == 404, folder + file
    for name in ("topics", "authors"):
        assert f"/{name}/" not in client.get(f"/sitemaps/{name}.xml").content.decode()


def test_an_author_under_another_name_is_led_on(client: Client) -> None:
    story = make.published_story(owner=person("reporter", name="Ann Poe"))
    right = author_path(story.owner_id, "Ann Poe")
    for wrong in ("ann-p", "somebody-else"):
        response = client.get(f"/authors/{story.owner_id}/{wrong}/")
        assert (response.status_code, response["Location"]) == (301, right)
        # There is no end of names to ask for: none of them takes a finished page's place.
        assert not hasattr(response, "page_tags")
        assert response["Cache-Control"] == "private, no-cache"


def test_a_name_of_no_latin_letters_has_a_page(client: Client) -> None:
    story = make.published_story(headline="Seen", owner=person("reporter", name="王芳"))
    assert listed(client, f"/authors/{story.owner_id}/author/") == ["Seen"]


def test_a_list_goes_on_page_by_page(client: Client) -> None:
    king = make.topic("The King")
    for number in range(21):
        make.published_story(headline=f"Story {number}", topics=[king], at=make.AT + timedelta(minutes=number))
    path = f"/topics/{king.slug}/"
    assert len(listed(client, path)) == 20
    older = page(client.get(path)).one("a", rel="next").attributes["href"]
    assert listed(client, older) == ["Story 0"]
    assert page(client.get(older)).one("a", rel="prev").attributes["href"] == path
    assert client.get(f"{path}?page=3").status_code == 404


@pytest.mark.parametrize("many", [1, 20])
def test_it_costs_three_queries_however_many_stories(client: Client, many: int, at_most: Any) -> None:
    ann, king = person("reporter", name="Ann Poe"), make.topic("The King")
    for number in range(many):
        make.published_story(
            headline=f"Story {number}", owner=ann, topics=[king], lead_image=pictures.image_placement()
        )
    for path in (f"/topics/{king.slug}/", author_path(ann.pk, ann.name)):
        with at_most(4):  # and the publication's
            client.get(path)


def test_a_new_name_reaches_the_authors_page(client: Client) -> None:
    story = make.published_story(owner=person("reporter", name="Ann Poe"))
    assert f"author:{story.owner_id}" in client.get(author_path(story.owner_id, "Ann Poe")).page_tags  # type: ignore[attr-defined]
    people.rename(person=story.owner, name="Ann Roe", by=person("administrator"))
    response = client.get(author_path(story.owner_id, "Ann Poe"), follow=True)
    assert page(response).one("h1").text == "Ann Roe"


@pytest.fixture
def told(client: Client) -> tuple[Story, dict[str, Any]]:
    """A story with all that a feed says of one, and where each of its feeds is found."""
    lead = pictures.image_placement(caption="At the gate.", alternative_text="A gate")
    king = make.topic("The King")
    story = make.published_story(
        headline="Gates & <em>ways</em>", standfirst="Why.", body="<p>It began.</p>", lead_image=lead, topics=[king]
    )
    make.update(story, kind="correction", line="It began at ten.")
    root = page(client.get(f"/topics/{king.slug}/"))
    links = [each.attributes for each in root.all("link") if each.attributes.get("rel") == "alternate"]
    return story, {f"{each['href']}": each["type"] for each in links}


def test_three_formats_say_the_same(client: Client, told: tuple[Story, dict[str, Any]]) -> None:
    """Of the site and of the topic: title, address, lasting name, authors, both times, whole text, tags."""
    story, links = told
    assert len(links) == 6
    said = []
    for path, kind in links.items():
        response = client.get(path)
        assert response["Content-Type"].partition(";")[0] == kind, path
        reader = {"application/feed+json": of_json, "application/atom+xml": of_atom, "application/rss+xml": of_rss}[
            kind
        ]
        said.append(reader(response.content))
    first = said[0]
    assert first["title"] == "Gates & <em>ways</em>"
    assert first["address"] == f"{settings.ORIGIN}{story.path}"
    assert first["tags"] == ["Royals", "The King"]
    assert "It began at ten." in first["text"]
    assert "(Image credit: Getty Images)" in first["text"]
    assert all(one == first for one in said)


def of_json(body: bytes) -> dict[str, Any]:
    feed = json.loads(body)
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    (item,) = feed["items"]
    assert item["_image"] == {"credit": "Getty Images", "alt": "A gate"}
    return {
        "title": item["title"],
        "address": item["url"],
        "name": item["id"],
        "authors": [author["name"] for author in item["authors"]],
        "modified": item["date_modified"],
        "text": item["content_html"],
        "tags": item["tags"],
    }


def of_atom(body: bytes) -> dict[str, Any]:
    feed = ElementTree.fromstring(body)
    (entry,) = feed.findall("a:entry", ATOM)
    assert entry.find("a:content", ATOM).attrib == {"type": "html"}  # type: ignore[union-attr]
    return {
        "title": entry.findtext("a:title", namespaces=ATOM),
        "address": entry.find("a:link", ATOM).attrib["href"],  # type: ignore[union-attr]
        "name": entry.findtext("a:id", namespaces=ATOM),
        "authors": [author.findtext("a:name", namespaces=ATOM) for author in entry.findall("a:author", ATOM)],
        "modified": entry.findtext("a:updated", namespaces=ATOM),
        "text": entry.findtext("a:content", namespaces=ATOM),
        "tags": [category.attrib["term"] for category in entry.findall("a:category", ATOM)],
    }


def of_rss(body: bytes) -> dict[str, Any]:
    (item,) = ElementTree.fromstring(body).findall("channel/item")
    dc, terms, content = (
        "{http://purl.org/dc/elements/1.1/}",
        "{http://purl.org/dc/terms/}",
        "{http://purl.org/rss/1.0/modules/content/}",
    )
    return {
        "title": item.findtext("title"),
        "address": item.findtext("link"),
        "name": item.findtext("guid"),
        "authors": [creator.text for creator in item.findall(f"{dc}creator")],
        "modified": item.findtext(f"{terms}modified"),
        "text": item.findtext(f"{content}encoded"),
        "tags": [category.text for category in item.findall("category")],
    }


@pytest.mark.django_db(transaction=True)
def test_a_withdrawn_story_leaves_every_place(client: Client, told: tuple[Story, dict[str, Any]]) -> None:
    story, links = told
    bob = person("editor")
    other = make.published_story(headline="Stays", topics=list(story.topics.all()), owner=story.owner)
    workflow.withdraw(story=story, person=bob, expected_version=1, at=timezone.now(), reason="Wrong")
    outbox.relay()
    topic = story.topics.get()
    for path in [*links, f"/topics/{topic.slug}/", author_path(story.owner_id, story.owner.name)]:
        said = client.get(path).content.decode()
        assert "ways" not in said, path
        assert other.path in said, path


def test_an_author_without_a_published_byline_is_in_no_feed_of_atom(client: Client) -> None:
    """RFC 4287, 4.1.1: where an entry names no author, the feed does."""
    Publication.objects.update_or_create(pk=1, defaults={"name": "The Long Walk"})
    story = make.published_story()
    story.bylines.all().delete()
    feed = ElementTree.fromstring(client.get("/feeds/atom.xml").content)
    assert feed.findtext("a:author/a:name", namespaces=ATOM) == "The Long Walk"
    assert feed.findall("a:entry/a:author", ATOM) == []


def test_a_feed_holds_twenty(client: Client) -> None:
    for number in range(feeds.ITEMS + 1):
        make.published_story(headline=f"Story {number}", at=make.AT + timedelta(minutes=number))
    assert len(json.loads(client.get("/feeds/feed.json").content)["items"]) == feeds.ITEMS


def test_whom_to_tell_of_a_hole(client: Client) -> None:
    """RFC 9116: Contact and Expires are required, and Expires lies less than a year ahead."""
    Publication.objects.update_or_create(pk=1, defaults={"name": "The Long Walk", "contact_email": ""})
    assert client.get("/.well-known/security.txt").status_code == 404
    Publication.objects.update_or_create(pk=1, defaults={"contact_email": "desk@longwalk.example"})
    forget()
    said = dict(
        line.split(": ", 1) for line in client.get("/.well-known/security.txt").content.decode().strip().splitlines()
    )
    assert said["Contact"] == "mailto:desk@longwalk.example"
    ahead = timezone.datetime.fromisoformat(said["Expires"]) - timezone.now()
    assert timedelta(days=90) < ahead < timedelta(days=365)

"""Headline, times, credit, disclosure and corrections are the same wherever a story is told: on its page, in structured
data, Open Graph, the three feeds, the site maps, ninjs, a newsletter and the desk's interface for scripts."""

from __future__ import annotations

import html
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any
from xml.etree import ElementTree

import pytest
from django.conf import LazySettings, settings
from django.test import Client
from django.utils import timezone
from django.utils.html import strip_tags

from articles.models import Story
from articles.reader import sitemaps
from newsletters import issues
from newsletters.composition import letter
from newsletters.models import IssueStory
from newsroom.accounts.models import Person
from newsroom.demo import content
from newsroom.demo.features import FEATURES
from tests.asserts import Element, json_ld, meta, page
from tests.factories import newsletters
from tests.factories.demo_stories import newsroom_of_the_demo

pytestmark = pytest.mark.django_db
DISCLOSURE = "This story contains affiliate links. We earn a commission if you buy through them."
NS = {
    "a": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "media": "http://search.yahoo.com/mrss/",
    "s": "http://www.sitemaps.org/schemas/sitemap/0.9",
    "news": "http://www.google.com/schemas/sitemap-news/0.9",
}


@dataclass
class Said:
    """What one exit says of a story. Absent: the exit has no place for it."""

    exit: str
    headline: str
    published: datetime | None = None
    modified: datetime | None = None
    credit: str | None = None
    pictured: bool = True
    disclosed: bool | None = None
    corrections: list[tuple[str, datetime | None]] | None = None
    authors: list[str] | None = None
    text: str = field(default="", repr=False)


@pytest.fixture
def demo(settings: LazySettings) -> list[Story]:
    settings.PRIVATE_SHOPS = True
    return newsroom_of_the_demo(timezone.now().replace(microsecond=0))


def facts(story: Story) -> Said:
    """As the database has it."""
    revision = story.published_revision
    assert revision is not None
    notes = story.updates.filter(kind__in=["correction", "clarification"]).order_by("-at")
    lead = revision.lead_image
    return Said(
        "the record",
        revision.headline,
        _second(story.first_published_at),
        _second(story.visible_updated_at),
        lead.asset.credit if lead else None,
        lead is not None,
        revision.references.filter(kind="product").exists(),
        [(note.line, _second(note.at)) for note in notes],
        [byline.person.name for byline in story.bylines.all()],
    )


def _second(moment: datetime | None) -> datetime:
    assert moment is not None
    return moment.replace(microsecond=0)


def at(iso: str | None) -> datetime:
    return datetime.fromisoformat(str(iso))


def words(fragment: str) -> str:
    return page(f"<!doctype html><html><body>{fragment}</body></html>").text


def in_page(root: Element, story: Story) -> Iterable[Said]:
    head = root.one("header", "story-head")
    times = {p.text.split(" ")[0]: p.one("time").attributes["datetime"] for p in head.all("p") if p.all("time")}
    hero = root.all("figure", "hero")
    notes = root.all("section", "correction")
    yield Said(
        "page",
        root.one("h1").text,
        at(times["Published"]),
        at(times.get("Updated", times["Published"])),
        hero[0].one("span", "credit").text if hero else None,
        bool(hero),
        DISCLOSURE in head.text,
        [
            (entry.one("p").text, at(entry.one("time").attributes["datetime"]))
            for note in notes
            for entry in note.all("div", "entry")
        ],
        [link.text for link in head.all("a", rel="author")],
        root.text,
    )
    article = next(thing for thing in json_ld(root) if str(thing.get("@id", "")).endswith("#article"))
    assert article["mainEntityOfPage"]["@id"] == f"{settings.ORIGIN}{story.path}"
    image = article.get("image", [{}])[0]
    yield Said(
        "structured data",
        article["headline"],
        at(article["datePublished"]),
        at(article["dateModified"]),
        image.get("creditText"),
        bool(image),
        None,
        [(note["text"], at(note["datePublished"])) for note in article.get("correction", [])],
        [author["name"] for author in article["author"]],
    )
    (published,), (modified,) = meta(root, "article:published_time"), meta(root, "article:modified_time")
    pictured = bool(meta(root, "og:image"))
    title, authors = meta(root, "og:title")[0], meta(root, "article:author")
    yield Said("Open Graph", title, at(published), at(modified), pictured=pictured, authors=authors)


def in_words(exit: str, fragment: str, **rest: Any) -> Said:
    """A whole story as HTML: disclosure before everything, credit under its picture, corrections in words with time."""
    text = words(fragment)
    if disclosed := DISCLOSURE in text:
        assert text.startswith(DISCLOSURE), f"{exit}: before readers meet a product"
    return Said(exit, disclosed=disclosed, text=text, **rest)


def in_feeds(client: Client, story: Story) -> Iterable[Said]:
    folder = f"/{story.section.slug}/"
    address = f"{settings.ORIGIN}{story.path}"
    rss = ElementTree.fromstring(client.get(f"{folder}feed.xml").content)
    item = next(one for one in rss.iter("item") if one.findtext("link") == address)
    credit = item.findtext("media:content/media:credit", namespaces=NS)
    yield in_words(
        "RSS",
        item.findtext("content:encoded", "", NS),
        headline=item.findtext("title", ""),
        published=parsedate_to_datetime(item.findtext("pubDate", "")),
        modified=at(item.findtext("dcterms:modified", None, NS)),
        credit=credit,
        pictured=credit is not None,
        authors=[one.text or "" for one in item.findall("dc:creator", NS)],
    )
    atom = ElementTree.fromstring(client.get(f"{folder}atom.xml").content)
    entry = next(
        one
        for one in atom.findall("a:entry", NS)
        if address in [link.get("href") for link in one.findall("a:link", NS)]
    )
    yield in_words(
        "Atom",
        entry.findtext("a:content", "", NS),
        headline=entry.findtext("a:title", "", NS),
        published=at(entry.findtext("a:published", None, NS)),
        modified=at(entry.findtext("a:updated", None, NS)),
        authors=[one.findtext("a:name", "", NS) for one in entry.findall("a:author", NS)],
    )
    found = next(one for one in client.get(f"{folder}feed.json").json()["items"] if one["url"] == address)
    credit = found.get("_image", {}).get("credit")
    yield in_words(
        "JSON Feed",
        found["content_html"],
        headline=found["title"],
        published=at(found["date_published"]),
        modified=at(found["date_modified"]),
        credit=credit,
        pictured=credit is not None,
        authors=[author["name"] for author in found["authors"]],
    )
    assert {found["id"], item.findtext("guid"), entry.findtext("a:id", None, NS)} == {item.findtext("guid")}
    for mark in ("<figure", "(Image credit"):
        counts = {item.findtext("content:encoded", "", NS).count(mark), found["content_html"].count(mark)}
        assert counts == {entry.findtext("a:content", "", NS).count(mark)}


def in_maps(client: Client, story: Story, headline: str) -> Iterable[Said]:
    address = f"{settings.ORIGIN}{story.path}"
    found = [
        at(url.findtext("s:lastmod", None, NS))
        for part in sitemaps.parts(timezone.now())
        for url in ElementTree.fromstring(client.get(part.path).content)
        if url.findtext("s:loc", None, NS) == address
    ]
    assert len(found) == 1
    yield Said("site map", headline, modified=found[0])
    for url in ElementTree.fromstring(client.get("/news-sitemap.xml").content):
        if url.findtext("s:loc", None, NS) == address:
            told = "news:news/news:"
            first = at(url.findtext(f"{told}publication_date", None, NS))
            yield Said("news map", url.findtext(f"{told}title", "", NS), published=first)


def in_ninjs(client: Client, story: Story) -> Said:
    item = client.get(f"{story.path}ninjs.json").json()
    lead = next((one for one in item.get("associations", []) if one["name"] == "lead"), None)
    return in_words(
        "ninjs",
        item["bodies"][0]["value"],
        headline=next(one["value"] for one in item["headlines"] if one["role"] == "main"),
        published=at(item["firstCreated"]),
        modified=at(item["versionCreated"]),
        credit=lead["infoSources"][0]["name"] if lead else None,
        pictured=lead is not None,
        authors=[one["name"] for one in item["infoSources"]],
    )


def in_mail(story: Story) -> Iterable[Said]:
    issue = newsletters.issue()
    issues.pick(issue.pk, story.pk, at=timezone.now())
    IssueStory.objects.filter(issue=issue).update(shape=IssueStory.Shape.WHOLE)
    made = letter.compose(issue, at=timezone.now())
    (item,) = made.items
    for exit, text in (
        ("letter", html.unescape(strip_tags(made.html[made.html.index("<body") :]))),
        ("letter in plain text", made.text),
    ):
        text = " ".join(text.split())
        disclosed = "This letter has affiliate links. We earn a commission if you buy through them." in text
        if disclosed:
            assert text.index("This letter has affiliate links") < text.index(item.headline)
        assert item.headline in text
        assert item.published.words in text
        assert (item.updated is None) or item.updated.words in text
        assert item.byline in text
        assert item.picture is None or item.picture.credit in text
        yield Said(
            exit,
            item.headline,
            item.published.moment,
            (item.updated or item.published).moment,
            item.picture.credit if item.picture else None,
            item.picture is not None,
            disclosed,
            [(note.line, note.when.moment) for note in item.corrections if note.line in text],
            text=text,
        )


def for_scripts(client: Client, story: Story) -> Said:
    told = client.get(f"/desk/api/stories/{story.pk}/").json()
    seen = told["seen_by_readers"]
    assert _second(at(told["story"]["first_published_at"])) == at(seen["published"])
    assert _second(at(told["story"]["visible_updated_at"])) == at(seen["modified"])
    return Said(
        "scripts",
        seen["headline"],
        at(seen["published"]),
        at(seen["modified"]),
        seen["credit"],
        seen["credit"] is not None,
        seen["affiliate_links"],
        [(note["line"], at(note["at"])) for note in seen["corrections"]],
        seen["byline"],
    )


def compare(said: Said, known: Said, when: list[str]) -> None:
    where = f"{said.exit}: {known.headline}"
    assert said.headline == known.headline, where
    for name in ("published", "modified", "disclosed", "authors"):
        told = getattr(said, name)
        if told is not None:
            assert (_second(told) if isinstance(told, datetime) else told) == getattr(known, name), (where, name)
    assert said.pictured == known.pictured or said.exit in ("Atom", "site map", "news map"), where
    if said.credit is not None:
        assert said.credit in (known.credit, f"(Image credit: {known.credit})"), where
    if said.corrections is not None:
        assert [(line, _second(moment)) for line, moment in said.corrections if moment] == known.corrections, where
    elif said.text:
        for (line, _), moment in zip(known.corrections or [], when, strict=True):
            assert line in said.text, where
            assert moment in said.text, where
    if said.text and known.credit:
        assert f"(Image credit: {known.credit})" in said.text or said.exit == "ninjs", where


def test_every_story_of_the_demo_says_the_same_everywhere(client: Client, demo: list[Story]) -> None:
    assert len(demo) == len(FEATURES) + 1
    client.force_login(Person.objects.with_email(content.PEOPLE[1][2]).get())
    exits: set[str] = set()
    with_products = 0
    for story in demo:
        known = facts(story)
        root = page(client.get(story.path))
        when = [
            entry.one("time").text for note in root.all("section", "correction") for entry in note.all("div", "entry")
        ]
        said = [
            *in_page(root, story),
            *in_feeds(client, story),
            *in_maps(client, story, known.headline),
            in_ninjs(client, story),
            *in_mail(story),
            for_scripts(client, story),
        ]
        for one in said:
            compare(one, known, when)
            exits.add(one.exit)
        with_products += bool(known.disclosed)
    assert exits == {
        "page", "structured data", "Open Graph", "RSS", "Atom", "JSON Feed", "site map", "news map", "ninjs", "letter",
        "letter in plain text", "scripts",
    }  # fmt: skip
    assert with_products >= 2
    assert any(facts(story).corrections for story in demo)
    assert any(facts(story).credit is None for story in demo)

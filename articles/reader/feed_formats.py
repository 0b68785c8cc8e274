"""A feed written down as RSS 2.0, Atom 1.0 or JSON Feed 1.1; all three say the same.

RSS has the whole story in content:encoded, who wrote it (dc:creator), its picture with credit and description (Media RSS
1.5.1) and when it last changed (dcterms:modified). Sources: rssboard.org/rss-specification,
web.resource.org/rss/1.0/modules/content, RFC 4287 (Atom), jsonfeed.org/version/1.1, RFC 4151 for the lasting name.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed, rfc2822_date

from articles.reader.assembly import StoryPage
from articles.reader.feeds import content, guid
from articles.reader.places import Place
from media_assets import renditions
from media_assets.renditions import Picture
from newsroom.publication.models import Publication

TTL_MINUTES = 5
# What XML 1.0 cannot hold at all, escaped or not (section 2.2): one such character would make the whole feed unreadable.
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def xml(text: str) -> str:
    """``text`` without the characters that XML does not know."""
    return _NO_XML.sub("", text)


class Rss(Rss201rev2Feed):
    """One feed. Everything is written as escaped text, so no word of a story can close an element or a CDATA section."""

    def rss_attributes(self) -> dict[str, str]:
        return {
            **super().rss_attributes(),
            "xmlns:content": "http://purl.org/rss/1.0/modules/content/",
            "xmlns:dc": "http://purl.org/dc/elements/1.1/",
            "xmlns:dcterms": "http://purl.org/dc/terms/",
            "xmlns:media": "http://search.yahoo.com/mrss/",
        }

    def add_root_elements(self, handler: Any) -> None:
        super().add_root_elements(handler)
        if settings.WEBSUB_HUB:
            handler.addQuickElement("atom:link", "", {"rel": "hub", "href": settings.WEBSUB_HUB})

    def add_item_elements(self, handler: Any, item: dict[str, Any]) -> None:
        page: StoryPage = item["page"]
        handler.addQuickElement("title", xml(page.headline))
        handler.addQuickElement("link", page.address)
        handler.addQuickElement("description", xml(page.description))
        handler.addQuickElement("guid", guid(page), {"isPermaLink": "false"})
        handler.addQuickElement("pubDate", rfc2822_date(page.published.moment.replace(microsecond=0)))
        handler.addQuickElement("dcterms:modified", page.modified.iso)
        for name in page.authors:
            handler.addQuickElement("dc:creator", xml(name))
        handler.addQuickElement("category", xml(page.section.name))
        for topic in page.topics:
            handler.addQuickElement("category", xml(topic.name))
        if (shown := _shown(page)) is not None:
            _picture(handler, page, shown)
        handler.addQuickElement("content:encoded", xml(content(page)))


def _shown(page: StoryPage) -> Picture | None:
    """The lead picture, if feeds may carry it and its files are there."""
    if page.lead is None or page.lead_placement is None:
        return None
    shown = renditions.picture(page.lead_placement.asset)
    return shown if shown.ready else None


def _picture(handler: Any, page: StoryPage, shown: Picture) -> None:
    placement = page.lead_placement
    assert placement is not None
    facts = {
        "url": f"{settings.ORIGIN}{shown.widest}",
        "medium": "image",
        "type": "image/jpeg",
        "width": str(shown.width),
        "height": str(shown.height),
    }
    handler.startElement("media:content", facts)
    handler.addQuickElement("media:credit", xml(placement.asset.listed_credit))
    handler.addQuickElement("media:text", xml(placement.alternative_text), {"type": "plain"})
    if placement.caption:
        handler.addQuickElement("media:description", xml(placement.caption), {"type": "plain"})
    handler.endElement("media:content")


class Atom(Atom1Feed):
    """One feed. Django writes the frame; entries name every author, and hold the whole story."""

    def add_root_elements(self, handler: Any) -> None:
        super().add_root_elements(handler)
        if settings.WEBSUB_HUB:
            handler.addQuickElement("link", "", {"rel": "hub", "href": settings.WEBSUB_HUB})

    def add_item_elements(self, handler: Any, item: dict[str, Any]) -> None:
        page: StoryPage = item["page"]
        handler.addQuickElement("title", xml(page.headline))
        handler.addQuickElement("link", "", {"href": page.address, "rel": "alternate"})
        handler.addQuickElement("id", guid(page))
        handler.addQuickElement("published", page.published.iso)
        handler.addQuickElement("updated", page.modified.iso)
        for author in page.people:
            handler.startElement("author", {})
            handler.addQuickElement("name", xml(author.name))
            handler.addQuickElement("uri", f"{settings.ORIGIN}{author.path}")
            handler.endElement("author")
        handler.addQuickElement("summary", xml(page.description), {"type": "text"})
        handler.addQuickElement("category", "", {"term": xml(page.section.name)})
        for topic in page.topics:
            handler.addQuickElement("category", "", {"term": xml(topic.name)})
        handler.addQuickElement("content", xml(content(page)), {"type": "html"})


@dataclass(frozen=True)
class Frame:
    """What a feed says of itself."""

    title: str
    home: str
    address: str
    description: str
    language: str
    author: str


def rss(pages: list[StoryPage], frame: Frame) -> bytes:
    feed = Rss(
        title=xml(frame.title),
        link=frame.home,
        description=xml(frame.description),
        language=frame.language,
        feed_url=frame.address,
        ttl=TTL_MINUTES,
    )
    return _written(feed, pages)


def atom(pages: list[StoryPage], frame: Frame) -> bytes:
    feed = Atom(
        title=xml(frame.title),
        link=frame.home,
        description="",
        subtitle=xml(frame.description),
        language=frame.language,
        feed_url=frame.address,
        # An entry without a byline has the feed's author (RFC 4287, 4.1.1).
        author_name=xml(frame.author),
    )
    return _written(feed, pages)


def _written(feed: Any, pages: list[StoryPage]) -> bytes:
    for page in pages:
        feed.add_item(
            page.headline,
            page.address,
            page.description,
            page=page,
            pubdate=page.published.moment,
            updateddate=page.modified.moment,
        )
    written: str = feed.writeString("utf-8")
    return written.encode()


def json_feed(pages: list[StoryPage], frame: Frame) -> bytes:
    made = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": frame.title,
        "home_page_url": frame.home,
        "feed_url": frame.address,
        "description": frame.description,
        "language": frame.language,
        **({"hubs": [{"type": "WebSub", "url": settings.WEBSUB_HUB}]} if settings.WEBSUB_HUB else {}),
        "items": [_item(page) for page in pages],
    }
    return json.dumps(made, ensure_ascii=False, separators=(",", ":")).encode()


def _item(page: StoryPage) -> dict[str, Any]:
    item: dict[str, Any] = {
        "id": guid(page),
        "url": page.address,
        "title": page.headline,
        "summary": page.description,
        "content_html": content(page),
        "date_published": page.published.iso,
        "date_modified": page.modified.iso,
        "authors": [{"name": author.name, "url": f"{settings.ORIGIN}{author.path}"} for author in page.people],
        "tags": [page.section.name, *(topic.name for topic in page.topics)],
    }
    shown = _shown(page)
    if shown is not None and page.lead_placement is not None:
        item["image"] = f"{settings.ORIGIN}{shown.widest}"
        # An extension has a name that begins with "_": the format has no place for a credit.
        item["_image"] = {
            "credit": page.lead_placement.asset.listed_credit,
            "alt": page.lead_placement.alternative_text,
        }
    return item


@dataclass(frozen=True)
class Format:
    """name: in addresses' names. file: how a place's feed is called. media_type: of the answer, and of links to it."""

    name: str
    label: str
    file: str
    media_type: str
    write: Callable[[list[StoryPage], Frame], bytes]


RSS = Format("rss", "RSS", "feed.xml", "application/rss+xml", rss)
ATOM = Format("atom", "Atom", "atom.xml", "application/atom+xml", atom)
JSON = Format("json", "JSON Feed", "feed.json", "application/feed+json", json_feed)
FORMATS = {form.name: form for form in (RSS, ATOM, JSON)}


def write(pages: list[StoryPage], publication: Publication, form: Format, *, path: str, place: Place | None) -> bytes:
    """The feed of a place, or of the whole site, UTF-8. path: its own, "/feeds/rss.xml"."""
    frame = Frame(
        title=f"{place.name} | {publication.name}" if place else publication.name,
        home=f"{settings.ORIGIN}{place.path if place else '/'}",
        address=f"{settings.ORIGIN}{path}",
        description=publication.tagline or publication.name,
        language=publication.language.lower(),
        author=publication.name,
    )
    return form.write(pages, frame)

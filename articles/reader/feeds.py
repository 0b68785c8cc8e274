"""RSS 2.0 with the whole story in each item (content:encoded), who wrote it (dc:creator), its picture with credit and
description (Media RSS 1.5.1) and when it last changed (dcterms:modified). Sources: rssboard.org/rss-specification,
web.resource.org/rss/1.0/modules/content, RFC 4151 for the guid."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.feedgenerator import Rss201rev2Feed, rfc2822_date

from articles.models import Story
from articles.reader import assembly, cards
from articles.reader.assembly import StoryPage
from articles.reader.cards import SectionLink
from media_assets import renditions
from newsroom.blocks import Target
from newsroom.blocks.rendering import absolute
from newsroom.publication.models import Publication

ITEMS = 20
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
            handler.addQuickElement("category", xml(topic))
        if page.lead is not None and page.lead_placement is not None:
            _picture(handler, page)
        handler.addQuickElement("content:encoded", xml(content(page)))


def _picture(handler: Any, page: StoryPage) -> None:
    placement = page.lead_placement
    assert placement is not None
    shown = renditions.picture(placement.asset)
    if not shown.ready:
        return
    facts = {
        "url": f"{settings.ORIGIN}{shown.widest}",
        "medium": "image",
        "type": "image/jpeg",
        "width": str(shown.width),
        "height": str(shown.height),
    }
    handler.startElement("media:content", facts)
    handler.addQuickElement("media:credit", xml(placement.asset.credit))
    handler.addQuickElement("media:text", xml(placement.alternative_text), {"type": "plain"})
    if placement.caption:
        handler.addQuickElement("media:description", xml(placement.caption), {"type": "plain"})
    handler.endElement("media:content")


def guid(page: StoryPage) -> str:
    """The story's lasting name (RFC 4151): neither a new headline, a new address nor a new section changes it."""
    host = urlsplit(settings.ORIGIN).hostname
    return f"tag:{host},{page.published.moment:%Y-%m-%d}:story-{page.id}"


def content(page: StoryPage) -> str:
    """The story as HTML for a feed reader: picture and credit, disclosure before any product, body, notes."""
    return absolute(render_to_string("reader/feed_item.html", {"page": page}).strip(), settings.ORIGIN)


def build(stories: Iterable[Story], publication: Publication, at: datetime) -> list[StoryPage]:
    """What ``stories`` (from ``assembly.rows``) say in a feed. One query per kind of block, however many stories."""
    found = list(stories)
    loaded = assembly.load(found)
    return [assembly.say(story, publication, at, target=Target.FEED, loaded=loaded) for story in found]


def rss(pages: list[StoryPage], publication: Publication, *, path: str, section: SectionLink | None = None) -> bytes:
    """Write the feed, UTF-8. ``path``: its own, "/feeds/rss.xml"."""
    home = f"{settings.ORIGIN}{section.path if section else '/'}"
    feed = Rss(
        title=xml(f"{section.name} | {publication.name}" if section else publication.name),
        link=home,
        description=xml(publication.tagline or publication.name),
        language=publication.language.lower(),
        feed_url=f"{settings.ORIGIN}{path}",
        ttl=TTL_MINUTES,
    )
    for page in pages:
        feed.add_item(
            page.headline,
            page.address,
            page.description,
            page=page,
            pubdate=page.published.moment,
            updateddate=page.modified.moment,
        )
    return feed.writeString("utf-8").encode()


def latest(at: datetime, section: SectionLink | None = None) -> Iterable[Story]:
    """The stories that a feed holds, newest first."""
    found = cards.newest(at)
    return assembly.rows(found.filter(section=section.id) if section else found)[:ITEMS]

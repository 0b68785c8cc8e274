"""What a feed holds: whole stories under lasting names. How they are written down is in ``feed_formats``."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.template.loader import render_to_string

from articles.models import Story
from articles.reader import assembly, cards, gathering, places
from articles.reader.assembly import StoryPage
from articles.reader.places import Place
from newsroom.blocks import Target
from newsroom.blocks.rendering import absolute
from newsroom.publication.models import Publication

ITEMS = 20


def guid(page: StoryPage) -> str:
    """The story's lasting name: neither a new headline, a new address nor a new section changes it."""
    return name_of(page.id, page.published.moment)


def name_of(story_id: int, first_published_at: datetime) -> str:
    """As ``guid`` (RFC 4151). The day is UTC's: the publication's own time zone may be set anew."""
    host = urlsplit(settings.ORIGIN).hostname
    return f"tag:{host},{first_published_at.astimezone(UTC):%Y-%m-%d}:story-{story_id}"


def content(page: StoryPage) -> str:
    """The story as HTML for a feed reader: picture and credit, disclosure before any product, body, notes."""
    return absolute(render_to_string("reader/feed_item.html", {"page": page}, using="public").strip(), settings.ORIGIN)


def build(stories: Iterable[Story], publication: Publication, at: datetime) -> list[StoryPage]:
    """What ``stories`` (from ``gathering.rows``) say in a feed. One query per kind of block, however many stories."""
    found = list(stories)
    loaded = gathering.load(found)
    return [assembly.say(story, publication, at, target=Target.FEED, loaded=loaded) for story in found]


def latest(at: datetime, place: Place | None = None) -> Iterable[Story]:
    """The stories that a feed holds, newest first: the site's, or a place's."""
    return gathering.rows(places.stories(place, at) if place else cards.newest(at))[:ITEMS]

"""Telling a WebSub hub which feeds have changed, so that its subscribers hear of a story at once
(W3C WebSub, 23 January 2018; hub.mode=publish as the public hubs take it).

Only addresses are told, and only of feeds that readers can open now; what stands in them the hub reads like anybody.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from articles.access import published
from articles.events import FEEDS_CHANGED
from articles.models import Section, Topic
from newsroom.accounts.models import Person
from newsroom.calls import call
from newsroom.outbox import record

FORMATS = ("rss", "atom", "json")
# A process may give its copy of a feed for a second after the purge, and a cache in front for two more (pagecache.page.
# CACHE_CONTROL): the hub, which comes at once, would read the old words and tell nobody.
WAIT = timedelta(seconds=4)


@dataclass(frozen=True)
class Before:
    """Where a story stood that has changed its place, by id: sections, topics and authors."""

    sections: tuple[int, ...] = ()
    topics: tuple[int, ...] = ()
    authors: tuple[int, ...] = ()

    @classmethod
    def of(cls, payload: Mapping[str, Any]) -> Before:
        """As an event says it. One that an earlier release recorded names sections alone."""
        return cls(*(tuple(payload.get(f"{name}_ids", ())) for name in ("section", "topic", "author")))

    @property
    def tags(self) -> set[str]:
        """The tags of those places' pages and feeds."""
        named = (("section", self.sections), ("topic", self.topics), ("author", self.authors))
        return {f"{kind}:{pk}" for kind, ids in named for pk in ids}


NOWHERE = Before()


def tell(story_id: int, before: Before = NOWHERE, *, left: bool = False) -> None:
    """Have the hub told, where there is one. Called once the feeds are purged, in the transaction that says so.

    before: what the story has left. left: it was taken from readers.
    """
    if settings.WEBSUB_HUB:
        record(
            FEEDS_CHANGED,
            at=timezone.now() + WAIT,
            story_id=story_id,
            section_ids=sorted(before.sections),
            topic_ids=sorted(before.topics),
            author_ids=sorted(before.authors),
            left=left,
        )


def ping(story_id: int, before: Before, *, left: bool, at: datetime) -> list[str]:
    """Tell the hub; return the feeds that it was told of. Nothing of a story that readers may not see, unless it has
    just left them.

    Raises:
        calls.NotTaken: the hub is away or refuses; the outbox tries again.
    """
    if not settings.WEBSUB_HUB or not (left or published(at).filter(pk=story_id).exists()):
        return []
    told = feeds(story_id, before, at)
    form = [("hub.mode", "publish"), *(("hub.url", address) for address in told)]
    call(
        settings.WEBSUB_HUB,
        headers={"Content-Type": "application/x-www-form-urlencoded"},
        body=urlencode(form).encode(),
    )
    return told


def feeds(story_id: int, before: Before, at: datetime) -> list[str]:
    """The whole addresses of all feeds that have the story, or had it: the site's, and those of its sections, topics and
    authors that readers can open at ``at``."""
    seen = published(at)
    sections = Section.objects.filter(Q(stories=story_id) | Q(pk__in=before.sections))
    topics = Topic.objects.filter(
        Q(stories=story_id) | Q(pk__in=before.topics), Exists(seen.filter(topics=OuterRef("pk")))
    )
    authors = Person.objects.filter(
        Q(bylines__story=story_id) | Q(pk__in=before.authors), Exists(seen.filter(bylines__person=OuterRef("pk")))
    )
    places: list[tuple[str, dict[str, Any]]] = [
        *(("reader:section", {"section": slug}) for slug in sections.distinct().values_list("slug", flat=True)),
        *(
            ("reader:topic", {"topic": slug})
            for slug in topics.distinct().order_by("pk").values_list("slug", flat=True)
        ),
        *(("reader:author", {"pk": pk}) for pk in authors.distinct().order_by("pk").values_list("pk", flat=True)),
    ]
    paths = [reverse(f"reader:{form}") for form in FORMATS]
    paths += [reverse(f"{name}-{form}", kwargs=kwargs) for name, kwargs in places for form in FORMATS]
    return [f"{settings.ORIGIN}{path}" for path in paths]

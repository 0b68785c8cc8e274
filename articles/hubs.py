"""Telling a WebSub hub which feeds have changed, so that its subscribers hear of a story at once
(W3C WebSub, 23 January 2018; hub.mode=publish as the public hubs take it).

Only addresses are told, and only of feeds that readers can open now; what stands in them the hub reads like anybody.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Exists, OuterRef
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


def tell(story_id: int, section_ids: Iterable[int] = (), *, left: bool = False) -> None:
    """Have the hub told, where there is one. Called once the feeds are purged, in the transaction that says so.

    section_ids: sections that the story has left. left: the story was taken from readers.
    """
    if settings.WEBSUB_HUB:
        at = timezone.now() + WAIT
        record(FEEDS_CHANGED, at=at, story_id=story_id, section_ids=sorted(section_ids), left=left)


def ping(story_id: int, section_ids: Iterable[int], *, left: bool, at: datetime) -> list[str]:
    """Tell the hub; return the feeds that it was told of. Nothing of a story that readers may not see, unless it has
    just left them.

    Raises:
        calls.NotTaken: the hub is away or refuses; the outbox tries again.
    """
    if not settings.WEBSUB_HUB or not (left or published(at).filter(pk=story_id).exists()):
        return []
    told = feeds(story_id, section_ids, at)
    form = [("hub.mode", "publish"), *(("hub.url", address) for address in told)]
    call(
        settings.WEBSUB_HUB,
        headers={"Content-Type": "application/x-www-form-urlencoded"},
        body=urlencode(form).encode(),
    )
    return told


def feeds(story_id: int, section_ids: Iterable[int], at: datetime) -> list[str]:
    """The whole addresses of all feeds that have the story, or had it: the site's, and those of its sections, topics and
    authors that readers can open at ``at``."""
    seen = published(at)
    sections = Section.objects.filter(stories=story_id) | Section.objects.filter(pk__in=list(section_ids))
    topics = Topic.objects.filter(Exists(seen.filter(topics=OuterRef("pk"))), stories=story_id)
    authors = Person.objects.filter(Exists(seen.filter(bylines__person=OuterRef("pk"))), bylines__story=story_id)
    places: list[tuple[str, dict[str, Any]]] = [
        *(("reader:section", {"section": slug}) for slug in sections.distinct().values_list("slug", flat=True)),
        *(("reader:topic", {"topic": slug}) for slug in topics.order_by("pk").values_list("slug", flat=True)),
        *(("reader:author", {"pk": pk}) for pk in authors.order_by("pk").values_list("pk", flat=True)),
    ]
    paths = [reverse(f"reader:{form}") for form in FORMATS]
    paths += [reverse(f"{name}-{form}", kwargs=kwargs) for name, kwargs in places for form in FORMATS]
    return [f"{settings.ORIGIN}{path}" for path in paths]

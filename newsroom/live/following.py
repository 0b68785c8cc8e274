"""Saying that something changed, to finished pages and to open ones."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from newsroom import pagecache
from newsroom.live import channel, parts
from newsroom.live.models import Followed
from newsroom.live.parts import State
from newsroom.live.registry import registered, state

MOST = 20  # pages of one purge that are told what changed; the others (a picture on hundreds of them) only that something did
# The masthead, which is no followed part: a purge of all pages must not have every story there is looked at.
UNFOLLOWED = frozenset({"publication", "home", "feed", "feed:sitemap", "corrections"})


def purge(*tags: str, gone: bool = False) -> None:
    """Make every finished page that stands on one of these tags stale, and tell the open ones once this is committed.

    For ``gone`` and what is raised see ``pagecache.purge``. An open page that misses it is told later: each process asks
    the versions of its open pages every few seconds (``hub``).
    """
    pagecache.purge(*tags, gone=gone)
    at = timezone.now()
    for topic in _topics(set(tags) - UNFOLLOWED):
        look(topic, at)


@dataclass(frozen=True)
class Told:
    """What open pages were told last. shown: whether readers see anything. processes: how many hear the channel now."""

    version: int
    shown: bool
    processes: int


def told(topic: str) -> Told | None:
    """What was told of a topic last; None where no page could follow it.

    Raises:
        redis.RedisError: Redis is away.
    """
    row = Followed.objects.filter(pk=topic).first()
    return Told(row.version, bool(row.digest), channel.processes()) if row else None


def _topics(tags: set[str]) -> list[str]:
    """The pages that are looked at one by one, in the order in which their rows are locked. Where they are too many, all that
    stand on one of the tags are told that something changed, and none is looked at."""
    own = {tag for tag in tags if registered(tag.partition(":")[0])}
    standing = Followed.objects.filter(tags__overlap=sorted(tags)).exclude(digest="")
    found = own.union(standing.values_list("topic", flat=True)[: MOST + 1]) if tags else own
    if len(found) <= MOST:
        return sorted(found)
    with transaction.atomic():
        # An own page's row has its own tag as well.
        locked = list(standing.order_by("topic").select_for_update(no_key=True))
        for row in locked:
            row.version += 1
        Followed.objects.bulk_update(locked, ["version"], batch_size=500)
        versions = [(row.topic, row.version) for row in locked]
        transaction.on_commit(lambda: _tell_something(versions), robust=True)
    return []


def _tell_something(versions: list[tuple[str, int]]) -> None:
    for topic, version in versions:
        channel.tell(channel.Message(topic, version, after=channel.UNKNOWN))


def look(topic: str, at: datetime) -> Followed | None:
    """Compare what readers see of a topic with what was told last; raise its version and tell it where they differ.

    Returns its row; None for what readers never saw.
    """
    with transaction.atomic():
        row = Followed.objects.select_for_update(no_key=True).filter(pk=topic).first()
        if row is None:
            if state(topic, at) is None:
                return None
            Followed.objects.bulk_create([Followed(topic=topic, changed_at=at)], ignore_conflicts=True)
            row = Followed.objects.select_for_update(no_key=True).get(pk=topic)
        # Drawn only now that nobody else can tell of it: an older drawing must never follow a newer one.
        now = state(topic, at)
        name = parts.digest(now.parts) if now else ""
        if row.digest == name:
            if now and set(row.tags) != now.tags:
                row.tags = sorted(now.tags)
                row.save(update_fields=["tags"])
            return row
        message = _message(row, now, name)
        first = row.version == 0
        row.version, row.digest, row.changed_at = row.version + 1, name, at
        row.parts, row.tags = (parts.told(now.parts), sorted(now.tags)) if now else ([], [])
        row.save()
        if not first:
            transaction.on_commit(lambda: channel.tell(message), robust=True)
        return row


def _message(row: Followed, now: State | None, name: str) -> channel.Message:
    if now is None or not row.digest:
        return channel.Message(row.topic, row.version + 1, row.digest, name)
    return channel.Message(
        row.topic, row.version + 1, row.digest, name, now.title, parts.changes(row.parts, now.parts).as_json()
    )

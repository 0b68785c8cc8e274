"""Saying that something changed, to finished pages and to open ones."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection, transaction
from django.utils import timezone

from newsroom import pagecache
from newsroom.live import channel, parts
from newsroom.live.channel import UNKNOWN
from newsroom.live.models import Followed
from newsroom.live.parts import State
from newsroom.live.registry import registered, state

MOST = 20  # pages of one purge that are told what changed; the others (a picture on hundreds of them) only that something did
# Lists of stories, no followed parts.
UNFOLLOWED = frozenset({"home", "feed", "feed:sitemap", "corrections"})
# Rows that have not been looked at since something on them changed. In the order of their topics, as every look locks them.
MARK = """
UPDATE live_followed SET version = version + 1, digest = %s, changed_at = %s WHERE topic IN (
    SELECT topic FROM live_followed WHERE tags && %s::varchar[] AND digest <> '' AND NOT topic = ANY(%s)
    ORDER BY topic FOR NO KEY UPDATE
)
"""


def purge(*tags: str, gone: bool = False) -> None:
    """Make every finished page that stands on one of these tags stale, and tell the open ones once this is committed.

    For ``gone`` and what is raised see ``pagecache.purge``. An open page that misses it is told later: each process asks
    the versions of its open pages every few seconds (``hub``).
    """
    pagecache.purge(*tags, gone=gone)
    followed = set(tags) - UNFOLLOWED
    if not followed:
        return
    own = {tag for tag in followed if registered(tag.partition(":")[0])}
    if len(own) > MOST:
        own = set()  # a row has its own tag as well
    standing = Followed.objects.filter(tags__overlap=sorted(followed)).exclude(digest="").exclude(topic__in=own)
    others = set(standing.values_list("topic", flat=True)[: MOST + 1])
    if len(others) > MOST:
        _mark(followed, own)
        others = set()
    for topic in sorted(own | others):
        look(topic)


def _mark(tags: set[str], own: set[str]) -> None:
    """Have all pages that stand on one of the tags look for themselves, without drawing any of them here."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(MARK, [UNKNOWN, timezone.now(), sorted(tags), sorted(own)])
        transaction.on_commit(channel.tell_all, robust=True)


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


def look(topic: str) -> Followed | None:
    """Compare what readers see of a topic with what was told last; raise its version and tell it where they differ.

    Returns its row; None for what readers never saw.
    """
    with transaction.atomic():
        row = Followed.objects.select_for_update(no_key=True).filter(pk=topic).first()
        if row is None:
            if state(topic, timezone.now()) is None:
                return None
            Followed.objects.bulk_create([Followed(topic=topic, changed_at=timezone.now())], ignore_conflicts=True)
            row = Followed.objects.select_for_update(no_key=True).get(pk=topic)
        # Drawn, and the clock asked, only now that nobody else can tell of it: what was seen before the wait for the row
        # must never follow what somebody else saw after it.
        at = timezone.now()
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
    if now is None or row.digest in ("", UNKNOWN):
        return channel.Message(row.topic, row.version + 1, row.digest, name)
    return channel.Message(
        row.topic, row.version + 1, row.digest, name, now.title, parts.changes(row.parts, now.parts).as_json()
    )

"""Saying that something changed."""

from __future__ import annotations

import uuid
from functools import cache

import redis
from django.conf import settings
from redis.commands.core import Script

from newsroom.pagecache import cdn, state
from newsroom.pagecache.copies import GONE
from newsroom.pagecache.tags import checked


def purge(*tags: str, gone: bool = False) -> None:
    """Make every page that stands on one of these tags stale, in all processes within a second, and have the cache in
    front of us told, if there is one.

    Call it after the change is committed (from a handler of the outbox): a page rendered between the purge and the
    commit would hold the old words and count as fresh.

    Arguments:
        gone: the thing was withdrawn or put under embargo. Its pages are then not even shown, marked as stale, while
            the database is away.

    Raises:
        redis.RedisError: Redis is away, and the purge must be tried again (the outbox does).
        ValueError: a tag that is none.
    """
    if tags:
        kept = sorted(checked(tags))
        if gone:
            GONE.note(kept)  # before Redis is asked: if that fails, this process at least has seen it
        script = _script(settings.REDIS_URL)
        args: list[str | int] = [uuid.uuid4().hex[:8], int(gone), -(state.GONE_KEPT + 1), *kept]
        script(keys=[state.STATE, state.GONE], args=args)
        cdn.tell(kept, gone=gone)


@cache
def _script(url: str) -> Script:
    client = redis.Redis.from_url(url, socket_connect_timeout=2, socket_timeout=2)
    return client.register_script(state.PURGE)

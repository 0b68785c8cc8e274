"""The Valkey database of this pytest process."""

from __future__ import annotations

from functools import lru_cache

import redis


@lru_cache(1)
def client(url: str) -> redis.Redis:
    """One connection for thousands of questions: to make one takes longer than most of them."""
    return redis.Redis.from_url(url)


def emptied() -> None:
    """Begin with no budget spent, no page kept and no message waiting, in Valkey and in this process."""
    from django.conf import settings

    from newsroom.publication.current import forget

    client(settings.REDIS_URL).flushdb()
    forget()

"""Redis for what a page can do without: asked once, and not waited for."""

from __future__ import annotations

from functools import cache

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry


@cache
def redis_at(url: str) -> redis.Redis:
    """A client for ``url`` that gives up after a quarter of a second; the same one for the same address."""
    return redis.Redis.from_url(url, socket_connect_timeout=0.25, socket_timeout=0.25, retry=Retry(NoBackoff(), 0))

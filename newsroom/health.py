"""/health/: what a monitor outside asks every minute. Workers that are away cannot tell anybody so themselves."""

from __future__ import annotations

import time
from datetime import timedelta
from functools import cache
from threading import Lock

import redis
from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from redis.backoff import NoBackoff
from redis.retry import Retry

from articles import schedule
from newsroom import outbox

# Follow-up work is taken up within seconds, and what failed is due again later: work that is due for so long waits for
# workers that are not there.
LATE = timedelta(minutes=2)
KEPT = 1.0  # seconds: whoever asks more often is answered from here, without a query

_lock = Lock()
_kept: tuple[float, dict[str, str]] | None = None


@never_cache
@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """Say ``ok`` or what is wrong of each part; 503 when anything is. No names, no numbers: everybody may ask."""
    found = _found()
    return JsonResponse(found, status=200 if set(found.values()) == {"ok"} else 503)


def _found() -> dict[str, str]:
    global _kept
    with _lock:  # one looks, the others wait for what it finds
        if _kept is None or time.monotonic() - _kept[0] > KEPT:
            _kept = (time.monotonic(), {**_database(), "redis": _redis()})
        return _kept[1]


def forget() -> None:
    """Have the next who asks looked for."""
    global _kept
    _kept = None


def _database() -> dict[str, str]:
    at = timezone.now()
    try:
        return {
            "database": "ok",
            "schedule": "overdue" if schedule.overdue(at).exists() else "ok",
            "work": "late" if outbox.waiting_since(at - LATE) else "ok",
        }
    except DatabaseError:
        return {"database": "away", "schedule": "unknown", "work": "unknown"}


def _redis() -> str:
    try:
        _client(settings.REDIS_URL).ping()
    except redis.RedisError:
        return "away"
    return "ok"


@cache
def _client(url: str) -> redis.Redis:
    return redis.Redis.from_url(url, socket_connect_timeout=0.25, socket_timeout=0.25, retry=Retry(NoBackoff(), 0))

"""/health/: what a monitor outside asks every minute. Workers that are away cannot tell anybody so themselves."""

from __future__ import annotations

from datetime import timedelta

import redis
from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from articles import schedule
from newsroom import outbox
from newsroom.impatient import redis_at
from newsroom.pagecache import BriefCopy

# Follow-up work is taken up within seconds, and what failed is due again later: work that is due for so long waits for
# workers that are not there.
LATE = timedelta(minutes=2)


@never_cache
@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """Say ``ok`` or what is wrong of each part; 503 when anything is. No names, no numbers: everybody may ask."""
    found = _copy.get()
    return JsonResponse(found, status=200 if set(found.values()) == {"ok"} else 503)


def forget() -> None:
    """Have the next who asks looked for."""
    _copy.forget()


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
        redis_at(settings.REDIS_URL).ping()
    except redis.RedisError:
        return "away"
    return "ok"


# Whoever asks more often than once a second is answered without a query.
_copy = BriefCopy(lambda: {**_database(), "redis": _redis()})

"""Who has a draft open, and in which paragraph. Kept in Redis for seconds; without Redis everybody seems alone, and
nothing else changes."""

from __future__ import annotations

import json
import logging
import time
from dataclasses import dataclass

import redis
from django.conf import settings

from newsroom.impatient import redis_at

log = logging.getLogger(__name__)

STAYS = 30
"""Seconds after which a page that says nothing any more counts as closed. Pages speak every ten."""
_MOST = 50


@dataclass(frozen=True)
class There:
    """An open page. place: the paragraph's key or the field's name, "" for none."""

    pen: str
    person_id: int
    name: str
    place: str


def here(draft_id: int, page: There, *, leaving: bool = False) -> list[There]:
    """Say that a page is open (or closed just now), and return the other pages, the longest there first."""
    key, now = f"presence:{draft_id}", time.time()
    try:
        pipe = redis_at(settings.REDIS_URL).pipeline()
        if leaving:
            pipe.hdel(key, page.pen)
        else:
            pipe.hset(key, page.pen, json.dumps([now, page.person_id, page.name, page.place]))
        pipe.expire(key, 2 * STAYS)
        pipe.hgetall(key)
        raw = pipe.execute()[-1]
    except redis.RedisError as error:
        log.warning("Redis is away (%s); nobody is shown as being in draft %s.", error, draft_id)
        return []
    others = []
    for pen, said in sorted(raw.items())[:_MOST]:
        at, person_id, name, place = json.loads(said)
        if now - at < STAYS and pen.decode() != page.pen:
            others.append(There(pen.decode(), person_id, name, place))
    return others

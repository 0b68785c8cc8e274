"""Spending from a budget."""

from __future__ import annotations

import hmac
import logging
import threading
import time
from functools import cache

import redis
from django.conf import settings

from newsroom.impatient import redis_at

log = logging.getLogger(__name__)

QUIET = 1.0  # seconds without another try after Redis was found away: an attack must not wait for each timeout

# A full Valkey throws away what ends soonest (volatile-ttl): a counter ends long after any finished page, which lives for
# a day, or whoever calls up enough pages would have the counters thrown away.
OUTLIVE = 2 * 86_400

# Sliding window of two buckets: the share of the last window that still counts, plus this one. A fixed window would
# let twice the budget through around its edge. Refused attempts are not counted, so a budget always comes back.
SPEND = """
local now = tonumber(ARGV[3])
if now < 0 then local t = redis.call('TIME'); now = t[1] + t[2] / 1000000 end
local limit, seconds = tonumber(ARGV[1]), tonumber(ARGV[2])
local window = math.floor(now / seconds)
local held = redis.call('HMGET', KEYS[1], 'w', 'n', 'p')
local w, n, p = tonumber(held[1] or -1), tonumber(held[2] or 0), tonumber(held[3] or 0)
if window == w + 1 then p, n = n, 0 elseif window ~= w then p, n = 0, 0 end
if p * (1 - (now / seconds - window)) + n + 1 > limit then return 0 end
redis.call('HSET', KEYS[1], 'w', window, 'n', n + 1, 'p', p)
redis.call('EXPIRE', KEYS[1], 2 * seconds + tonumber(ARGV[4]))
return 1
"""

_away_until = 0.0
_own: dict[str, tuple[int, int, int]] = {}
_own_lock = threading.Lock()
OWN_KEYS = 50_000  # the process's own counters are forgotten beyond this many, or a flood of keys would fill memory


def spend(budget: str, key: str, *, limit: int, seconds: int, now: float | None = None) -> bool:
    """Spend one from a budget. Return False when it is used up; a refused attempt costs nothing.

    Arguments:
        budget: what is being done, for example ``"sign-in by address"``.
        key: whose budget it is (address, network, account). Kept only as a keyed hash.
        limit: how many within ``seconds``, over a window that slides with the clock.
        now: Unix time in seconds, for tests; None asks the clock of Redis.
    """
    shared = spend_shared(budget, key, limit=limit, seconds=seconds, now=now)
    if shared is not None:
        return shared
    return _spend_here(_name(budget, key), max(1, limit // 2), seconds, time.time() if now is None else now)


def spend_shared(budget: str, key: str, *, limit: int, seconds: int, now: float | None = None) -> bool | None:
    """Spend one from a budget that all processes share. None while Redis is away, so that nobody knows: for whoever
    would rather wait than trust its own process's counting. Arguments as for ``spend``.
    """
    global _away_until
    name = _name(budget, key)
    if time.monotonic() >= _away_until:
        try:
            return bool(
                _script(settings.REDIS_URL)(keys=[name], args=[limit, seconds, -1 if now is None else now, OUTLIVE])
            )
        except redis.RedisError as error:
            _away_until = time.monotonic() + QUIET
            log.warning("Redis is away (%s); this process keeps its own budgets.", error)
    return None


def _name(budget: str, key: str) -> str:
    return "limit:" + hmac.digest(settings.SECRET_KEY.encode(), f"{budget}\0{key}".encode(), "sha256").hex()[:32]


def _spend_here(name: str, limit: int, seconds: int, now: float) -> bool:
    window = int(now // seconds)
    with _own_lock:
        held, count, before = _own.get(name, (-1, 0, 0))
        if window == held + 1:
            count, before = 0, count
        elif window != held:
            count, before = 0, 0
        if before * (1 - (now / seconds - window)) + count + 1 > limit:
            return False
        if len(_own) >= OWN_KEYS and name not in _own:
            _own.clear()
        _own[name] = (window, count + 1, before)
        return True


@cache
def _script(url: str) -> redis.commands.core.Script:
    return redis_at(url).register_script(SPEND)

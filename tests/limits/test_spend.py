"""Budgets that hold under load, slide with the clock, and do not vanish with Redis."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest
import redis
from django.conf import LazySettings

from newsroom.embedded import valkey as embedded
from newsroom.limits import budgets, spend
from newsroom.pagecache import state
from tests.pagecache.valkeys import OwnValkey

NOW = 1_700_000_000.0  # not at the edge of a window of an hour


@pytest.fixture(autouse=True)
def own_counters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budgets, "_own", {})
    monkeypatch.setattr(budgets, "_away_until", 0.0)


@pytest.fixture
def no_redis(settings: LazySettings) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"


def many(
    count: int, key: str = "1.2.3.4", *, now: float | None = NOW, limit: int = 5, seconds: int = 3600
) -> list[bool]:
    return [spend("sign-in", key, limit=limit, seconds=seconds, now=now) for _ in range(count)]


def test_a_budget_is_spent_and_then_refused() -> None:
    assert many(7) == [True] * 5 + [False] * 2


def test_each_key_and_each_budget_has_its_own() -> None:
    assert many(5) == [True] * 5
    assert spend("sign-in", "5.6.7.8", limit=5, seconds=3600, now=NOW)
    assert spend("sign-up", "1.2.3.4", limit=5, seconds=3600, now=NOW)
    assert not spend("sign-in", "1.2.3.4", limit=5, seconds=3600, now=NOW)


def test_names_cannot_run_into_each_other() -> None:
    assert spend("a", "b:c", limit=1, seconds=60, now=NOW)
    assert spend("a:b", "c", limit=1, seconds=60, now=NOW)


@pytest.mark.parametrize("away", [False, True])
def test_the_window_slides(away: bool, request: pytest.FixtureRequest) -> None:
    """A fixed window would give the whole budget again one second after its edge."""
    if away:
        request.getfixturevalue("no_redis")
    edge = NOW - NOW % 100 + 100
    limit = 20 if away else 10  # without Redis the budget is half
    assert sum(many(20, now=edge - 1, limit=limit, seconds=100)) == 10
    assert sum(many(20, now=edge + 1, limit=limit, seconds=100)) == 0
    assert sum(many(20, now=edge + 50, limit=limit, seconds=100)) == 5
    assert sum(many(20, now=edge + 250, limit=limit, seconds=100)) == 10


def test_a_refused_attempt_costs_nothing() -> None:
    many(100)
    assert sum(many(10, now=NOW + 3600 * 2)) == 5


def test_many_at_once_do_not_overspend() -> None:
    taken: list[bool] = []

    def work() -> None:
        taken.extend(many(20, limit=10, now=None))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(taken) == 10


@pytest.mark.usefixtures("no_redis")
def test_without_redis_each_process_counts_half_the_budget() -> None:
    assert sum(many(20, limit=10)) == 5
    assert many(2, key="other", limit=1) == [True, False]


@pytest.mark.usefixtures("no_redis")
def test_own_counters_do_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budgets, "OWN_KEYS", 10)
    for number in range(100):
        spend("sign-in", str(number), limit=5, seconds=60, now=NOW)
    assert len(budgets._own) <= 10


def test_a_frozen_redis_is_waited_for_once(tmp_path: Path, settings: LazySettings) -> None:
    valkey = OwnValkey(tmp_path)
    settings.REDIS_URL = valkey.url
    assert spend("sign-in", "a", limit=5, seconds=60)
    valkey.freeze()
    try:
        began = time.monotonic()
        many(50, now=None)
        assert time.monotonic() - began < 1
    finally:
        valkey.thaw()
        valkey.kill()


def test_redis_never_learns_the_address(settings: LazySettings) -> None:
    spend("reset", "alice@example.org", limit=5, seconds=60)
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        keys = list(client.scan_iter("limit:*"))
        assert len(keys) == 1
        assert b"alice" not in keys[0]
        assert 0 < client.ttl(keys[0]) - budgets.OUTLIVE <= 120


def test_pages_that_fill_valkey_do_not_push_a_budget_out(tmp_path: Path, settings: LazySettings) -> None:
    """Under the policy of the embedded server: whoever calls up enough pages would have new attempts."""
    told = dict(line.split(" ", 1) for line in embedded._CONFIGURATION.splitlines())
    valkey = OwnValkey(tmp_path)
    settings.REDIS_URL = valkey.url
    try:
        with valkey.client() as client:
            for name in ("maxmemory-policy", "maxmemory-samples"):
                client.config_set(name, told[name])
            client.config_set("maxmemory", 12_000_000)
            assert many(5, now=None) == [True] * 5
            for number in range(1000):
                client.set(f"{state.PAGE}{number}", b"x" * 50_000, ex=state.PAGE_SECONDS)
            assert client.info()["evicted_keys"] > 500
            assert many(1, now=None) == [False]
    finally:
        valkey.kill()

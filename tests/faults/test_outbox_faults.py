"""Effects with a broker that is emptied and a worker that is killed (domain 22), on a real worker."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path

import pytest
import redis
from django.conf import LazySettings
from django.db import transaction
from django.utils import timezone

from newsroom.outbox import doorbell, record
from newsroom.outbox.models import Effect
from tests.faults.after import HAPPENED
from tests.faults.worker import Worker, lines, until
from tests.flush import flush_by_delete  # noqa: F401

pytestmark = pytest.mark.django_db(transaction=True)


def happen(folder: Path, number: int) -> None:
    with transaction.atomic():
        record(HAPPENED, number=number, folder=str(folder))


def flush(settings: LazySettings) -> None:
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        client.flushdb()


def test_valkey_emptied_between_any_two_steps_every_effect_happens(
    tmp_path: Path, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = tmp_path / "done"
    happen(tmp_path, 0)
    flush(settings)  # the bell of what was recorded before any worker ran
    with Worker(tmp_path):
        until(lambda: lines(done) == ["0"], "the worker does what it finds")
        for number in range(1, 6):
            flush(settings)
            happen(tmp_path, number)
            doorbell.wait_until_rung()
            if number % 2:
                flush(settings)
        until(lambda: len(lines(done)) == 6, "all effects happened")
        # Nobody announces the queue again after an emptying: the sweeps of beat alone must still arrive.
        monkeypatch.setattr(doorbell, "ring", lambda task: None)
        for number in (6, 7):
            flush(settings)
            happen(tmp_path, number)
            until(lambda: len(lines(done)) == number + 1, "a sweep finds it")  # noqa: B023
        # The line is written before the transaction that marks it done is committed; the worker may be ended between.
        until(lambda: not Effect.objects.filter(done_at=None).exists(), "each is marked done")
    assert sorted(lines(done)) == [str(number) for number in range(8)]
    assert not Effect.objects.filter(done_at=None).exists()


def test_a_bell_is_answered_at_once(tmp_path: Path) -> None:
    done = tmp_path / "done"
    with Worker(tmp_path, beat=False):  # nobody sweeps: what happens, a bell made happen
        for number in range(8):
            happen(tmp_path, number)
            until(lambda: len(lines(done)) == number + 1, "the effect happens")  # noqa: B023


def test_a_worker_killed_in_the_middle_loses_no_effect(tmp_path: Path) -> None:
    (tmp_path / "gate").touch()
    with Worker(tmp_path) as worker:
        happen(tmp_path, 1)
        until(lambda: lines(tmp_path / "began"), "the handler has begun")
        worker.kill()
        (tmp_path / "gate").unlink()
        assert lines(tmp_path / "done") == []
        effect = Effect.objects.get()
        assert effect.claimed_until
        assert effect.claimed_until > timezone.now()
        Effect.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))  # the lease has run out
        worker.start()
        until(lambda: lines(tmp_path / "done") == ["1"], "another worker does it")
        until(lambda: Effect.objects.get().done_at, "it is marked")
    assert lines(tmp_path / "began") == ["1", "1"]


def test_a_broker_that_is_away_neither_delays_nor_fails_a_request(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kombu import pools

    from newsroom.celery import app

    monkeypatch.setattr(app.conf, "broker_url", "redis://127.0.0.1:1/0")
    monkeypatch.setattr(doorbell, "_ringer", None)
    app.pool.force_close_all()
    began = time.monotonic()
    happen(tmp_path, 1)
    assert time.monotonic() - began < 0.5
    assert Effect.objects.count() == 1
    monkeypatch.undo()
    pools.reset()  # a closed pool stays closed: the bells of later tests would not ring
    app._after_fork()

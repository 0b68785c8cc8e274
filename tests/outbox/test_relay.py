"""The relay: at least once, one worker at a time, nothing forgotten (domain 22)."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from newsroom import outbox
from newsroom.outbox import EventData, OutboxError, record, relay, relaying
from newsroom.outbox.models import Effect, Event
from tests.outbox.kit import Registry

pytestmark = pytest.mark.django_db(transaction=True)


def happen(registry: Registry, subject_id: int = 1, **when: object) -> None:
    with transaction.atomic():
        record(registry.HAPPENED, subject_id=subject_id, **when)


def in_threads(count: int, work: object) -> None:
    def run() -> None:
        try:
            work()  # type: ignore[operator]
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)


def test_relay_runs_what_is_due_and_marks_it_done(registry: Registry) -> None:
    seen: list[EventData] = []
    registry.handle("kit.first", seen.append)
    happen(registry)
    assert relay() == 1
    assert [(event.kind, event.payload) for event in seen] == [("kit.happened", {"subject_id": 1})]
    effect = Effect.objects.get()
    assert effect.done_at
    assert effect.claimed_by is None
    assert relay() == 0


def test_relay_leaves_what_is_not_due_yet(registry: Registry) -> None:
    seen: list[EventData] = []
    registry.handle("kit.first", seen.append)
    happen(registry, at=timezone.now() + timedelta(hours=1))
    assert relay() == 0
    Effect.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    assert relay() == 1
    assert len(seen) == 1


def test_relay_refuses_inside_a_transaction() -> None:
    with transaction.atomic(), pytest.raises(OutboxError, match="commits each claim"):
        relay()


def test_two_relays_at_once_run_each_effect_once(registry: Registry) -> None:
    seen: list[int] = []
    registry.handle("kit.first", lambda event: seen.append(event.payload["subject_id"]))
    for number in range(40):
        happen(registry, number)
    in_threads(4, relay)
    assert sorted(seen) == list(range(40))


def test_a_claimed_effect_is_not_waited_for(registry: Registry) -> None:
    """One relay sits in a slow handler; another does the rest meanwhile."""
    slow, release, seen = threading.Event(), threading.Event(), list[int]()

    def work(event: EventData) -> None:
        if event.payload["subject_id"] == 1:
            slow.set()
            assert release.wait(20)
        seen.append(event.payload["subject_id"])

    registry.handle("kit.first", work)
    for number in (1, 2, 3):
        happen(registry, number)
    holder = threading.Thread(target=lambda: (relay(limit=1), connection.close()))
    holder.start()
    assert slow.wait(10)
    assert relay() == 2
    assert seen == [2, 3]
    release.set()
    holder.join(20)
    assert seen == [2, 3, 1]


def test_a_failure_is_tried_again_later_and_holds_no_other_back(registry: Registry) -> None:
    outcome = ["fail"]

    def work(event: EventData) -> None:
        if event.payload["subject_id"] == 1 and outcome[0] == "fail":
            raise RuntimeError("not today")

    registry.handle("kit.first", work)
    happen(registry, 1)
    happen(registry, 2)
    assert relay() == 2
    failed = Effect.objects.get(done_at=None)
    assert failed.attempts == 1
    assert failed.last_error == "RuntimeError: not today"
    assert failed.due_at > timezone.now() + timedelta(seconds=1)
    assert failed.claimed_by is None
    outcome[0] = "work"
    Effect.objects.update(due_at=timezone.now())
    assert relay() == 1
    assert not Effect.objects.filter(done_at=None).exists()


def test_what_keeps_failing_is_a_dead_letter_and_can_be_tried_again(registry: Registry) -> None:
    tries: list[int] = []

    def work(event: EventData) -> None:
        tries.append(1)
        if len(tries) <= relaying.ATTEMPTS:
            raise RuntimeError("never")

    registry.handle("kit.first", work)
    happen(registry)
    for _ in range(relaying.ATTEMPTS + 3):
        Effect.objects.update(due_at=timezone.now())
        relay()
    assert len(tries) == relaying.ATTEMPTS
    dead = outbox.dead_letters().get()
    assert dead.event.kind == "kit.happened"
    assert "never" in dead.last_error
    assert outbox.retry(dead.pk)
    assert not outbox.retry(dead.pk)
    assert registry.rung[-1] == "newsroom.outbox.relay"
    assert relay() == 1
    assert Effect.objects.get().done_at
    assert not outbox.dead_letters().exists()


def test_what_a_failing_handler_wrote_is_rolled_back(registry: Registry) -> None:
    def work(event: EventData) -> None:
        Event.objects.create(kind="half", payload={}, at=timezone.now())
        raise RuntimeError

    registry.handle("kit.first", work)
    happen(registry)
    relay()
    assert not Event.objects.filter(kind="half").exists()


def test_a_lost_worker_is_taken_over_when_its_lease_ends(registry: Registry) -> None:
    seen: list[EventData] = []
    registry.handle("kit.first", seen.append)
    happen(registry)
    assert relaying._claim() is not None  # and then the worker is killed
    assert relay() == 0
    Effect.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))
    assert relay() == 1
    assert len(seen) == 1
    assert Effect.objects.get().attempts == 2


def test_a_worker_that_kills_itself_each_time_is_laid_out(registry: Registry) -> None:
    seen: list[EventData] = []
    registry.handle("kit.first", seen.append)
    happen(registry)
    for _ in range(relaying.ATTEMPTS):
        assert relaying._claim() is not None
        Effect.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))
    relay()
    assert seen == []
    assert outbox.dead_letters().get().last_error == "The worker was lost at every attempt."


def test_a_worker_whose_lease_ran_out_changes_nothing(registry: Registry) -> None:
    """Fencing: the late worker's writes are rolled back and its mark does not count."""

    def work(event: EventData) -> None:
        Event.objects.create(kind="late", payload={}, at=timezone.now())
        if Effect.objects.get().attempts == 1:
            in_threads(1, take_over)

    def take_over() -> None:
        Effect.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))
        assert relay() == 1

    registry.handle("kit.first", work)
    happen(registry)
    relay()
    assert Event.objects.filter(kind="late").count() == 1
    effect = Effect.objects.get()
    assert effect.done_at
    assert effect.attempts == 2


def test_a_handler_of_another_release_is_kept_for_it(registry: Registry) -> None:
    registry.handle("kit.first", lambda event: None)
    happen(registry)
    Effect.objects.update(handler="kit.tomorrow")
    relay()
    effect = Effect.objects.get()
    assert effect.done_at is None
    assert "kit.tomorrow" in effect.last_error


def test_waits_grow_and_are_capped() -> None:
    waits = [relaying.wait_after(attempts) for attempts in range(1, 40)]
    assert timedelta(seconds=1) < waits[0] <= timedelta(seconds=2)
    assert waits[3] > waits[0] * 4
    assert max(waits) <= relaying.LONGEST_WAIT
    assert min(waits[20:]) > relaying.LONGEST_WAIT / 2


def test_tidy_deletes_only_what_is_finished(registry: Registry) -> None:
    registry.handle("kit.first", lambda event: None)
    registry.handle("kit.second", lambda event: None)
    happen(registry, 1)
    happen(registry, 2)
    relay()
    Effect.objects.filter(event=Event.objects.last(), handler="kit.second").update(done_at=None, dead_at=timezone.now())
    assert outbox.tidy(timezone.now() - timedelta(days=1)) == 0
    assert outbox.tidy(timezone.now() + timedelta(minutes=1)) == 1
    assert Event.objects.get().payload == {"subject_id": 2}
    assert Effect.objects.count() == 2


def test_the_relay_asks_as_little_with_many_effects_as_with_one(
    registry: Registry, django_assert_max_num_queries: object
) -> None:
    registry.handle("kit.first", lambda event: None)
    for number in range(20):
        happen(registry, number)
    # Per effect: claim, event, begin, done, commit; and one claim that finds nothing.
    with django_assert_max_num_queries(20 * 5 + 1):  # type: ignore[operator]
        relay()

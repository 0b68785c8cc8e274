"""Recording: inside a transaction or not at all (domain 22)."""

from __future__ import annotations

import contextlib

import pytest
from django.db import transaction

from newsroom.outbox import OutboxError, event, handler, record
from newsroom.outbox.models import Effect, Event
from tests.outbox.kit import Registry


@pytest.mark.django_db(transaction=True)
def test_record_refuses_outside_a_transaction(registry: Registry) -> None:
    with pytest.raises(OutboxError, match="needs an open transaction"):
        record(registry.HAPPENED, subject_id=1)
    assert not Event.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_record_leaves_nothing_after_a_rollback(registry: Registry) -> None:
    registry.handle("kit.first", lambda event: None)
    with contextlib.suppress(ZeroDivisionError), transaction.atomic():
        record(registry.HAPPENED, subject_id=1)
        assert Effect.objects.count() == 1
        raise ZeroDivisionError
    assert not Event.objects.exists()
    assert not Effect.objects.exists()
    assert registry.rung == []


@pytest.mark.django_db(transaction=True)
def test_record_writes_one_effect_per_handler_and_rings_once(registry: Registry) -> None:
    registry.handle("kit.first", lambda event: None)
    registry.handle("kit.second", lambda event: None)
    with transaction.atomic():
        record(registry.HAPPENED, subject_id=1)
        record(registry.HAPPENED, subject_id=2)
        with transaction.atomic():
            record(registry.HAPPENED, subject_id=3)
        assert registry.rung == []
    assert Event.objects.count() == 3
    assert sorted(Effect.objects.values_list("handler", flat=True)) == ["kit.first"] * 3 + ["kit.second"] * 3
    assert registry.rung == ["newsroom.outbox.relay"]


@pytest.mark.django_db(transaction=True)
def test_a_savepoint_that_is_rolled_back_takes_its_bell_along_and_no_other(registry: Registry) -> None:
    registry.handle("kit.first", lambda event: None)
    with transaction.atomic():
        with contextlib.suppress(ZeroDivisionError), transaction.atomic():
            record(registry.HAPPENED, subject_id=1)
            raise ZeroDivisionError
        record(registry.HAPPENED, subject_id=2)
    assert registry.rung == ["newsroom.outbox.relay"]
    assert Event.objects.get().payload == {"subject_id": 2}


@pytest.mark.django_db(transaction=True)
def test_where_nobody_listens_no_worker_is_woken(registry: Registry) -> None:
    with transaction.atomic():
        record(registry.HAPPENED, subject_id=1)
    assert registry.rung == []
    assert Event.objects.count() == 1
    assert not Effect.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("payload", [{}, {"subject_id": 1, "more": 2}, {"other": 1}])
def test_record_refuses_a_payload_of_other_names(registry: Registry, payload: dict[str, int]) -> None:
    with pytest.raises(OutboxError, match="carries"):
        record(registry.HAPPENED, **payload)


def test_names_are_taken_once(registry: Registry) -> None:
    with pytest.raises(OutboxError, match="declared twice"):
        event("kit.happened", fields=())
    registry.handle("kit.first", lambda event: None)
    with pytest.raises(OutboxError, match="registered twice"):
        handler(registry.HAPPENED, name="kit.first", does="It again")(lambda event: None)


def test_a_handler_says_what_it_does(registry: Registry) -> None:
    with pytest.raises(OutboxError, match="say what it does"):
        handler(registry.HAPPENED, name="kit.silent", does=" ")(lambda event: None)

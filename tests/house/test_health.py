"""/health/: a monitor outside is told what workers that are away cannot tell."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from articles import schedule
from newsroom import health
from newsroom.outbox.models import Effect, Event
from tests.browser import free_port
from tests.factories import articles as make

pytestmark = pytest.mark.django_db
WELL = {"database": "ok", "schedule": "ok", "work": "ok", "redis": "ok"}


@pytest.fixture(autouse=True)
def looked_anew() -> None:
    health.forget()


def asked(client: Client) -> tuple[int, dict[str, str]]:
    answer = client.get("/health/")
    assert "no-store" in answer["Cache-Control"]
    return answer.status_code, answer.json()


def work(**facts: Any) -> Effect:
    at = timezone.now()
    event = Event.objects.create(kind="story.changed", payload={}, at=at)
    return Effect.objects.create(
        event=event, handler="articles.purge", **{"due_at": at - timedelta(minutes=3), **facts}
    )


def test_all_is_well(client: Client) -> None:
    soon = timezone.now() + timedelta(minutes=3)
    work(due_at=soon)
    work(done_at=timezone.now())
    work(dead_at=timezone.now())  # administrators see it under Undelivered: no worker would take it up
    work(claimed_until=soon)
    assert asked(client) == (200, WELL)


def test_a_minute_that_went_by(client: Client) -> None:
    make.scheduled_story(due_at=timezone.now() - schedule.OVERDUE - timedelta(seconds=1))
    assert asked(client) == (503, WELL | {"schedule": "overdue"})


@pytest.mark.parametrize("claim", [None, -1])
def test_work_that_nobody_takes_up(client: Client, claim: int | None) -> None:
    work(claimed_until=None if claim is None else timezone.now() + timedelta(minutes=claim))
    assert asked(client) == (503, WELL | {"work": "late"})


def test_servers_that_are_away(client: Client, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    there = settings.REDIS_URL
    settings.REDIS_URL = f"redis://127.0.0.1:{free_port()}/0"
    assert asked(client) == (503, WELL | {"redis": "away"})
    settings.REDIS_URL = there

    def away(at: object) -> Any:
        raise OperationalError

    health.forget()
    monkeypatch.setattr(schedule, "overdue", away)
    assert asked(client) == (503, WELL | {"database": "away", "schedule": "unknown", "work": "unknown"})


def test_it_costs_two_queries_a_second_at_most(client: Client, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(2):
        for _ in range(5):
            asked(client)

"""A schedule with a worker that is killed and a broker that is emptied (promise 7), on a real worker."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
import redis
from django.conf import LazySettings
from django.db import connection, transaction
from django.utils import timezone

from articles.models import MoveLog, Schedule, Story
from tests.factories.articles import scheduled_story, section
from tests.faults.worker import Worker, until
from tests.flush import flush_by_delete  # noqa: F401

pytestmark = pytest.mark.django_db(transaction=True)


def due(count: int) -> list[Story]:
    place, minute = section(), timezone.now().replace(second=0, microsecond=0)
    return [scheduled_story(section=place, due_at=minute) for _ in range(count)]


def published() -> int:
    return Story.objects.filter(readers="published").count()


def test_a_worker_killed_in_the_middle_and_a_broker_emptied_lose_nothing(
    tmp_path: Path, settings: LazySettings
) -> None:
    stories = due(3)
    with Worker(tmp_path) as worker:
        with transaction.atomic(), connection.cursor() as cursor:
            # While this row is held the worker stands in the middle of its first publication.
            cursor.execute("SELECT 1 FROM articles_story WHERE id = %s FOR UPDATE", [stories[0].pk])
            until(lambda: _somebody_waits(), "the worker waits in the middle of publishing")
            worker.kill()
        with redis.Redis.from_url(settings.REDIS_URL) as client:
            client.flushdb()
        assert not MoveLog.objects.filter(story=stories[0], move="publish-scheduled").exists()
        assert Schedule.objects.get(story=stories[0]).state == "waiting"
        Schedule.objects.filter(state="waiting").update(next_at=timezone.now().replace(second=0, microsecond=0))
        worker.start()
        until(lambda: published() == 3, "another worker publishes all of them")
    assert {schedule.state for schedule in Schedule.objects.all()} == {"done"}
    assert MoveLog.objects.filter(move="publish-scheduled").count() == 3  # each once


def _somebody_waits() -> bool:
    """Whether a transaction waits for a row that another holds. (pg_stat_activity is read once a transaction.)"""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return bool(cursor.fetchone()[0])


def test_a_schedule_that_lay_while_no_worker_ran_is_made_good(tmp_path: Path) -> None:
    (story,) = due(1)
    Schedule.objects.update(due_at=timezone.now() - timedelta(hours=3), next_at=timezone.now() - timedelta(hours=3))
    with Worker(tmp_path):
        until(lambda: published() == 1, "the sweep finds it")
    story.refresh_from_db()
    assert story.first_published_at is not None
    assert timezone.now() - story.first_published_at < timedelta(minutes=2)  # when it really came out

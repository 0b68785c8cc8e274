"""Faults with real workers: killed with -9, doubled, their broker emptied. Nobody lost, nobody mailed twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
import redis
from django.conf import settings
from django.db import connection

from newsletters import delivery, issues
from newsletters.models import Delivery, Issue
from tests.factories import newsletters as made
from tests.newsletters.conftest import Sink
from tests.newsletters.sending import sending, states

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE = 90  # seconds; a busy machine starts a worker slowly


class Workers:
    """Celery workers with a timetable, as in production, on the test's own servers."""

    def __init__(self, folder: Path, mail_url: str) -> None:
        self.folder = folder
        self.mail_url = mail_url
        self.running: list[subprocess.Popen[bytes]] = []

    def start(self, *, beat: bool = True) -> subprocess.Popen[bytes]:
        parts = urlsplit(os.environ["DATABASE_URL"])
        database = urlunsplit(parts._replace(path=f"/{connection.settings_dict['NAME']}"))
        number = len(list(self.folder.glob("worker-*.log")))
        command = [
            sys.executable,
            "-m",
            "celery",
            "-A",
            "newsroom.celery",
            "worker",
            "-c",
            "1",
            "-n",
            f"w{number}@test",
        ]
        if beat:
            command += ["-B", "-s", str(self.folder / f"beat-{number}")]
        with (self.folder / f"worker-{number}.log").open("wb") as log:
            process = subprocess.Popen(
                command,
                env={
                    **os.environ,
                    "DATABASE_URL": database,
                    "REDIS_URL": settings.REDIS_URL,
                    "MAIL_URL": self.mail_url,
                    "NEWSROOM_HOME": str(settings.HOME),
                },
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.running.append(process)
        return process

    def kill(self) -> None:
        """As a power cut: the parent and all its children at once, with no word to anybody."""
        for process in self.running:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        self.running.clear()

    def said(self) -> str:
        return "\n".join(path.read_text() for path in sorted(self.folder.glob("worker-*.log")))[-3000:]


@pytest.fixture
def workers(tmp_path: Path, sink: Sink) -> Iterator[Workers]:
    group = Workers(tmp_path, sink.url)
    yield group
    group.kill()


def wait(workers: Workers, what: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < until, workers.said()
        time.sleep(0.05)


def time_passes() -> None:
    """The leases of the dead run out."""
    Delivery.objects.filter(state__in=["claimed", "handing_over"]).update(
        lease_until=datetime.now(UTC) - timedelta(seconds=1)
    )


def finished(issue: Issue) -> bool:
    return Issue.objects.filter(pk=issue.pk, state=Issue.State.SENT).exists()


def counted(issue: Issue, sink: Sink, readers: int) -> None:
    """The promise itself (domain 18)."""
    got = sink.to()
    assert len(got) == len(set(got)), "somebody has two letters"
    for row in Delivery.objects.filter(issue=issue).select_related("subscriber"):
        if row.state == "sent":
            assert row.subscriber.address in got
        else:
            assert row.state == "uncertain", f"{row.subscriber.address} is {row.state}"
            assert row.why
    assert sum(states(issue).values()) == readers


def test_a_worker_killed_in_the_middle_loses_nobody_and_mails_nobody_twice(workers: Workers, sink: Sink) -> None:
    readers = 80
    issue = sending()
    made.subscribers(issue.newsletter, readers)
    sink.slow = 0.05
    workers.start()
    wait(workers, lambda: len(sink.to()) >= 15)
    workers.kill()
    dead = states(issue)
    assert dead.get("claimed", 0) + dead.get("handing_over", 0) > 0
    time_passes()
    workers.start()
    wait(workers, lambda: finished(issue))
    counted(issue, sink, readers)
    assert states(issue).get("uncertain", 0) <= 1
    assert len(sink.to()) >= readers - 1


def test_an_emptied_broker_and_two_workers_at_once(workers: Workers, sink: Sink) -> None:
    """Valkey is emptied again and again while two workers and two timetables ring: PostgreSQL alone is the truth."""
    readers = 120
    issue = sending()
    made.subscribers(issue.newsletter, readers)
    sink.slow = 0.03
    workers.start()
    workers.start()
    wait(workers, lambda: len(sink.to()) >= 5)
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        for number in range(3):
            client.flushdb()
            wait(workers, lambda many=20 * (number + 1): len(sink.to()) >= many)  # type: ignore[misc]
    wait(workers, lambda: finished(issue))
    counted(issue, sink, readers)
    assert states(issue) == {"sent": readers}


def test_a_worker_killed_before_it_planned_everything(
    workers: Workers, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The place of the planning is kept with its rows: what a dead planner left is planned by the next."""
    issue = sending()
    readers = made.subscribers(issue.newsletter, 30)
    Delivery.objects.bulk_create([Delivery(issue=issue, subscriber=reader) for reader in readers[:10]])
    Issue.objects.filter(pk=issue.pk).update(planned_up_to=readers[4].pk)
    workers.start()
    wait(workers, lambda: finished(issue))
    counted(issue, sink, 30)
    assert states(issue) == {"sent": 30}


def test_from_the_desks_button_to_the_mailbox_by_real_workers(workers: Workers, sink: Sink, publication: Any) -> None:
    """The event, the relay, the planning and the sending, each by its own task."""
    from tests.factories import articles

    newsletter = made.newsletter()
    reader = made.subscriber(newsletter)
    issue = made.issue(newsletter)
    issues.pick(issue.pk, articles.published_story(headline="By real workers").pk, at=datetime.now(UTC))
    issue.refresh_from_db()
    issues.send(issue.pk, person=issue.made_by, expected_version=issue.version, at=datetime.now(UTC))
    workers.start()
    wait(workers, lambda: finished(issue))
    part = sink.letter(reader.address).get_body(("html",))
    assert part is not None
    assert "By real workers" in part.get_content()
    assert delivery.sweep().to_send == []

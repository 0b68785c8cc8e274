"""Letters with a worker that is killed -9 at the two moments that matter, on a real worker and a real conversation."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import redis
from django.conf import LazySettings
from django.utils import timezone

from newsroom import mail
from newsroom.mail.models import Letter
from tests.faults.worker import Worker, until
from tests.flush import flush_by_delete  # noqa: F401
from tests.mail.servers import Script

pytestmark = pytest.mark.django_db(transaction=True)

State = Letter.State


@pytest.fixture
def script(settings: LazySettings) -> Iterator[Script]:
    made = Script()
    settings.MAIL_URL = made.url
    yield made
    made.stop()


def write(key: str = "reset:1") -> None:
    mail.send(key=key, to="alice@example.org", subject="Your new password", text="Press here.")


def state(key: str = "reset:1") -> str:
    return Letter.objects.get(key=key).state


def leases_end() -> None:
    Letter.objects.exclude(claimed_until=None).update(claimed_until=timezone.now() - timedelta(seconds=1))


def held(reached: threading.Event) -> object:
    """A step at which the server falls silent."""

    def step(wire: socket.socket) -> None:
        reached.set()
        wire.settimeout(60)
        while wire.recv(4096):
            pass

    return step


def test_killed_before_the_content_the_letter_is_sent_once(tmp_path: Path, script: Script) -> None:
    reached = threading.Event()
    script.pipelining = False
    script.steps = {"RCPT": [held(reached)]}
    write()
    with Worker(tmp_path) as worker:
        assert reached.wait(40)
        assert state() == State.CLAIMED
        worker.kill()
        leases_end()
        worker.start()
        until(lambda: state() == State.SENT, "another worker sends it")
    assert len(script.contents) == 1


def test_killed_after_the_content_the_letter_is_uncertain_and_not_sent_again(tmp_path: Path, script: Script) -> None:
    reached = threading.Event()
    script.steps = {".": [held(reached)]}
    write()
    with Worker(tmp_path) as worker:
        assert reached.wait(40)
        assert state() == State.HANDING_OVER
        worker.kill()
        leases_end()
        worker.start()
        until(lambda: state() == State.UNCERTAIN, "it is known to be unknown")
        write("reset:2")
        until(lambda: state("reset:2") == State.SENT, "the next letter goes")
    assert state() == State.UNCERTAIN
    assert len(script.contents) == 2


def test_the_broker_emptied_the_letter_goes_with_the_sweep(
    tmp_path: Path, script: Script, settings: LazySettings
) -> None:
    with Worker(tmp_path):
        write("first")
        until(lambda: state("first") == State.SENT, "the worker runs")
        write("second")
        with redis.Redis.from_url(settings.REDIS_URL) as client:
            client.flushdb()
        until(lambda: state("second") == State.SENT, "the sweep finds it")
    assert len(script.contents) == 2

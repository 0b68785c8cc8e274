"""A real Celery worker with beat, in a process of its own that can be killed at any moment."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from django.conf import settings
from django.db import connection

REPOSITORY = Path(__file__).resolve().parents[2]
SECONDS = 40.0  # until a test gives up; a busy machine starts a worker in ten


class Worker:
    def __init__(self, folder: Path, *, redis_url: str | None = None, beat: bool = True) -> None:
        database = connection.settings_dict
        self.folder = folder
        self.timetable = ["--beat", "--schedule", str(folder / "beat")] if beat else []
        self.environment = os.environ | {
            "DATABASE_URL": (
                f"postgres://{database['USER']}:{database['PASSWORD']}@{database['HOST']}:{database['PORT']}/{database['NAME']}"
            ),
            "REDIS_URL": redis_url or settings.REDIS_URL,
            "MAIL_URL": settings.MAIL_URL,
            "DJANGO_SETTINGS_MODULE": "newsroom.settings",
        }

    def __enter__(self) -> Worker:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.kill()
        if error is not None:
            sys.stderr.write((self.folder / "worker.log").read_text()[-4000:])

    def start(self) -> None:
        with (self.folder / "worker.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "celery", "-A", "newsroom.celery", "worker", *self.timetable, "--concurrency", "1",
                 "--include", "tests.faults.after", "--loglevel", "INFO",
                 "--without-gossip", "--without-mingle"],
                cwd=REPOSITORY, env=self.environment, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip

    def kill(self) -> None:
        """kill -9, with all its children."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def until(true: Callable[[], object], what: str, seconds: float = SECONDS) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"Waited in vain until {what}."
        time.sleep(0.02)


def lines(path: Path) -> list[str]:
    return path.read_text().split() if path.exists() else []

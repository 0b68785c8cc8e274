"""The processes of a journey: the real site and a real worker, on the test's own database and broker."""

from __future__ import annotations

import contextlib
import fcntl
import http.client
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from tests.browser.letterbox import Mailbox
from tests.browser.waiting import free_port, until

ROOT = Path(__file__).resolve().parents[2]
logs_key = pytest.StashKey[list[Path]]()


class Process:
    """A process with its log in a file, ended with all that it started."""

    def __init__(self, name: str, command: list[str], environment: dict[str, str], log: Path) -> None:
        self.name, self.log = name, log
        self._file = log.open("ab")
        self.started = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=self._file, stderr=self._file, start_new_session=True
        )

    @property
    def pid(self) -> int:
        return self.started.pid

    def must_live(self) -> None:
        if self.started.poll() is not None:
            raise AssertionError(f"{self.name} ended with {self.started.returncode}:\n{self.log.read_text()[-4000:]}")

    def kill(self) -> None:
        """End it like a power cut (kill -9), with all that it started."""
        self._signal(signal.SIGKILL)
        self.started.wait()

    def end(self) -> None:
        self._signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.started.wait(15)
        # Also after a clean end: a child that outlives its parent would hold the test database.
        self._signal(signal.SIGKILL)
        self.started.wait()
        self._file.close()

    def _signal(self, number: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.started.pid, number)  # the session that was made for it: nobody else's processes


@pytest.fixture(scope="session")
def static_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The static files, collected once for all processes of a test run."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    place, done = shared / "collected-static", shared / "collected-static.done"
    with (shared / "collected-static.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            shutil.rmtree(place, ignore_errors=True)
            from django.core.management import call_command
            from django.test import override_settings

            # With hashed names as in production, but not compressed: that alone takes half a minute.
            plain = {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"}
            with override_settings(STATIC_ROOT=place, STORAGES={"default": plain, "staticfiles": plain}):
                call_command("collectstatic", interactive=False, verbosity=0)
            done.touch()
    return place


def database_url() -> str:
    """The address of the database that this test uses (with the name that pytest-django gave it)."""
    from django.db import connection

    facts = connection.settings_dict
    user = quote(facts["USER"] or "", safe="")
    if facts["PASSWORD"]:
        user += ":" + quote(facts["PASSWORD"], safe="")
    host = facts["HOST"] or ""
    where = quote(host, safe="") if host.startswith("/") else host
    port = f":{facts['PORT']}" if facts["PORT"] else ""
    return f"postgres://{user}@{where}{port}/{quote(facts['NAME'], safe='')}"


@pytest.fixture
def surroundings(
    transactional_db: None, static_root: Path, mailbox: Mailbox, settings: Any, tmp_path: Path, own_folders: None
) -> dict[str, str]:
    """The environment of the processes of one test; ``ORIGIN`` names the site also where it is not running."""
    origin = f"http://127.0.0.1:{free_port()}"
    settings.ORIGIN, settings.MAIL_URL = origin, mailbox.url
    return os.environ | {
        "DATABASE_URL": database_url(),
        "REDIS_URL": settings.REDIS_URL,
        "MAIL_URL": mailbox.url,
        "ORIGIN": origin,
        "SECRET_KEY": settings.SECRET_KEY,
        "STATIC_ROOT": str(static_root),
        "MEDIA_ROOT": str(settings.MEDIA_ROOT),
        "PRIVATE_ROOT": str(settings.PRIVATE_ROOT),
        "DEMO": "false",
        "DEBUG": "false",
        "PYTHONUNBUFFERED": "1",
    }


# ---- the site ----


def start_site(surroundings: dict[str, str], log: Path) -> Process:
    """Start the web application at ``ORIGIN``; a test that kills it starts the next with the same call."""
    port = surroundings["ORIGIN"].rsplit(":", 1)[1]
    command = [sys.executable, "-m", "granian", "--interface", "asginl", "--host", "127.0.0.1", "--port", port]
    # A connection that is still open at the end, as a closing page leaves one, would keep it from ending.
    command += ["--workers", "1", "--no-ws", "--workers-kill-timeout", "1", "newsroom.asgi:application"]
    return Process("The site", command, surroundings, log)


def answers(port: int, path: str) -> bool:
    """Say whether something serves this page."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path)
        return connection.getresponse().status < 500
    except OSError:
        return False
    finally:
        connection.close()


# ---- the worker ----


@pytest.fixture
def worker(request: pytest.FixtureRequest, surroundings: dict[str, str], tmp_path: Path) -> Iterator[Process]:
    process = start_worker(surroundings, log_of(request, tmp_path, "worker"), tmp_path / "beat")
    try:
        until(worker_answers, "the worker answers", alive=process.must_live)
        yield process
    finally:
        process.end()


def start_worker(surroundings: dict[str, str], log: Path, timetable: Path) -> Process:
    """Start a Celery worker with beat; a test that kills it starts the next with the same call."""
    command = [sys.executable, "-m", "celery", "-A", "newsroom.celery", "worker", "--beat", "--loglevel", "INFO"]
    command += ["--concurrency", "2", "--schedule", str(timetable), "--without-gossip", "--without-mingle"]
    return Process("The worker", command, surroundings, log)


def worker_answers() -> bool:
    """Say whether a worker listens on this test's broker."""
    from newsroom.celery import app

    return bool(app.control.ping(timeout=0.5))


@pytest.fixture
def real_password(settings: Any) -> Callable[[Any, str], None]:
    """Give a person a password that the site's process can check."""

    def give(person: Any, password: str) -> None:
        from django.conf import global_settings
        from django.contrib.auth.hashers import make_password
        from django.test import override_settings

        with override_settings(PASSWORD_HASHERS=global_settings.PASSWORD_HASHERS):
            person.password = make_password(password)
        person.save(update_fields=["password"])

    return give


# ---- what a failure shows ----


def log_of(request: pytest.FixtureRequest, folder: Path, name: str) -> Path:
    path = folder / f"{name}.log"
    request.node.stash.setdefault(logs_key, []).append(path)
    return path


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    setattr(item, f"report_{report.when}", report)
    if report.failed:
        for path in item.stash.get(logs_key, []):
            if path.exists():
                report.sections.append((f"log of the {path.stem}", path.read_text(errors="replace")[-6000:]))
    return report

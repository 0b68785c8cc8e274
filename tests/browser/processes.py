"""The processes of a journey: the real site and a real worker, on the test's own database and broker."""

from __future__ import annotations

import contextlib
import fcntl
import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from tests.browser.forking import Forked, Ready
from tests.browser.letterbox import Mailbox
from tests.browser.waiting import until

ROOT = Path(__file__).resolve().parents[2]
logs_key = pytest.StashKey[list[Path]]()


class Process:
    """A process with its log in a file, ended with all that it started.

    Args:
        arguments: what Python runs: ``-m``, a module, and the module's own.
        ready: from which it is forked, if its environment is the same.
    """

    def __init__(
        self, name: str, arguments: list[str], environment: dict[str, str], log: Path, ready: Ready | None = None
    ) -> None:
        self.name, self.log = name, log
        self.started: subprocess.Popen[bytes] | Forked
        if ready and ready.environment == environment:
            self.started = ready.start(arguments, log)
            return
        with log.open("ab") as file:
            self.started = subprocess.Popen(
                [sys.executable, *arguments], cwd=ROOT, env=environment, stdout=file, stderr=file, process_group=0
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

    def _signal(self, number: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.started.pid, number)  # the group that was made for it: nobody else's processes


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


@pytest.fixture(scope="session")
def always(
    django_db_setup: None, static_root: Path, only_mailbox: Mailbox, media_folder: Path
) -> Iterator[dict[str, str]]:
    """The environment of the processes of all tests: nothing in it changes from test to test."""
    from django.conf import settings

    # What pytest and Playwright need for themselves is not the site's.
    ours = ("PYTEST_", "DJANGO_ALLOW_ASYNC_UNSAFE")
    with socket.socket() as held:  # so that nobody else is given the site's port while no site runs
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        held.bind(("127.0.0.1", 0))
        yield {name: value for name, value in os.environ.items() if not name.startswith(ours)} | {
            "DATABASE_URL": database_url(),
            "REDIS_URL": settings.REDIS_URL,
            "MAIL_URL": only_mailbox.url,
            "ORIGIN": f"http://127.0.0.1:{held.getsockname()[1]}",
            "SECRET_KEY": settings.SECRET_KEY,
            "PAGE_PATIENCE": "60",  # however slow this machine is now
            "STATIC_ROOT": str(static_root),
            "MEDIA_ROOT": str(media_folder / "public"),
            "PRIVATE_ROOT": str(media_folder / "private"),
            "DEMO": "false",
            "DEBUG": "false",
            "PYTHONUNBUFFERED": "1",
        }


@pytest.fixture
def surroundings(
    transactional_db: None, always: dict[str, str], mailbox: Mailbox, settings: Any, own_folders: None
) -> dict[str, str]:
    """The environment of the processes of one test; ``ORIGIN`` names the site also where it is not running."""
    settings.ORIGIN, settings.MAIL_URL = always["ORIGIN"], mailbox.url
    assert always["MEDIA_ROOT"] == str(settings.MEDIA_ROOT)
    return dict(always)


@pytest.fixture(scope="session")
def ready(always: dict[str, str]) -> Iterator[Ready]:
    """What sites and workers are forked from."""
    made = Ready(always, ROOT)
    yield made
    made.end()


@pytest.fixture(scope="session")
def media_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the pictures of this pytest process's tests are."""
    return tmp_path_factory.getbasetemp() / "media"


# ---- the site ----


def start_site(surroundings: dict[str, str], log: Path, ready: Ready | None = None, *, patience: int = 1) -> Process:
    """Start the web application at ``ORIGIN``; a test that kills it starts the next with the same call.

    patience: seconds after which it is ended by force when it is told to end.
    """
    port = surroundings["ORIGIN"].rsplit(":", 1)[1]
    command = ["-m", "granian", "--interface", "asginl", "--host", "127.0.0.1", "--port", port]
    # A connection that is still open at the end, as a closing page leaves one, would keep it from ending.
    command += ["--workers", "1", "--no-ws", "--workers-kill-timeout", str(patience), "newsroom.asgi:application"]
    return Process("The site", command, surroundings, log, ready)


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
def worker(
    request: pytest.FixtureRequest, surroundings: dict[str, str], ready: Ready, tmp_path: Path
) -> Iterator[Process]:
    process = start_worker(surroundings, log_of(request, tmp_path, "worker"), tmp_path / "beat", ready)
    try:
        until(worker_answers, "the worker answers", alive=process.must_live)
        yield process
    finally:
        process.end()


def start_worker(surroundings: dict[str, str], log: Path, timetable: Path, ready: Ready | None = None) -> Process:
    """Start a Celery worker with beat; a test that kills it starts the next with the same call."""
    command = ["-m", "celery", "-A", "newsroom.celery", "worker", "--beat", "--loglevel", "INFO"]
    command += ["--concurrency", "2", "--schedule", str(timetable), "--without-gossip", "--without-mingle"]
    return Process("The worker", command, surroundings, log, ready)


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

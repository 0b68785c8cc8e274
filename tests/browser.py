"""The ground of the browser journeys: Chromium, the real server, a real worker, a real mailbox.

A plugin of pytest (``tests/conftest.py`` names it). Everything runs on the test database and the Valkey database of
this pytest process, listens on free loopback ports, and is ended by its own process id.

Fixtures:
    chromium: the browser, once per pytest process.
    site: granian with the web application. ``site.url``, ``site.page(person=None, width=1280, dark=False)``,
        ``site.sign_in(page, person)``.
    worker: a Celery worker with beat, two processes.
    mailbox: an SMTP sink. Ask for it before ``site`` or ``worker``, or by ``site`` itself: both post into it.
    real_password: gives a person a password that the site can check (tests hash with MD5, the site does not).

Wait for what the page or the database shows (``page.get_by_...``, ``until``), never for a number of seconds.
"""

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
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

import pytest

T = TypeVar("T")
CHROMIUM = "/usr/bin/chromium"
ROOT = Path(__file__).resolve().parent.parent
PATIENCE = float(os.environ.get("PATIENCE", "90"))  # seconds: a busy machine with two cores
logs_key = pytest.StashKey[list[Path]]()


def until(look: Callable[[], T], what: str, *, seconds: float = PATIENCE, alive: Callable[[], None] | None = None) -> T:
    """Ask again until the answer is true, and return it.

    Args:
        look: asked every 50 ms; an answer that is falsy means not yet.
        what: named in the failure.
        alive: called each time; raises when waiting has become useless.
    """
    ends = time.monotonic() + seconds
    while True:
        if found := look():
            return found
        if alive:
            alive()
        if time.monotonic() > ends:
            raise AssertionError(f"Waited {seconds:.0f} seconds in vain: {what}")
        time.sleep(0.05)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


# ---- the browser ----


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Without Chromium the journeys are skipped with one line; where CI=true that is a failure (see ``chromium``)."""
    if Path(CHROMIUM).exists() or os.environ.get("CI") == "true":
        return
    why = pytest.mark.skip(reason=f"no Chromium at {CHROMIUM}: browser tests are left out")
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(why)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    if not Path(CHROMIUM).exists():
        pytest.fail(f"There is no Chromium at {CHROMIUM}.")
    from playwright.sync_api import sync_playwright

    # Playwright's synchronous interface keeps an event loop in this thread, in which Django refuses the database
    # although nothing here is asynchronous.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--force-color-profile=srgb"],
        )
        yield browser
        browser.close()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]
    else:
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = before


# ---- processes of ours ----


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


# ---- the mailbox ----


@dataclass
class Mailbox:
    """Letters that were handed over, in the order of their arrival.

    ``refuse`` may hold a function (sender, recipient) -> SMTP answer like "450 4.2.1 later", or None to take it.
    """

    url: str
    letters: list[EmailMessage] = field(default_factory=list)
    refuse: Callable[[str, str], str | None] | None = None

    def to(self, address: str) -> list[EmailMessage]:
        return [letter for letter in list(self.letters) if letter["X-Recipient"] == address]

    def wait_for(self, address: str, *, count: int = 1, seconds: float = PATIENCE) -> list[EmailMessage]:
        """Return the letters to this address as soon as there are ``count``."""
        return until(
            lambda: found if len(found := self.to(address)) >= count else [],
            f"letter {count} to {address}",
            seconds=seconds,
        )

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        answer = self.refuse(envelope.mail_from, address) if self.refuse else None
        if answer:
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        for recipient in envelope.rcpt_tos:
            letter = message_from_bytes(envelope.original_content, policy=policy.default)
            assert isinstance(letter, EmailMessage)
            letter["X-Recipient"] = recipient
            letter["X-Envelope-From"] = envelope.mail_from or "<>"
            self.letters.append(letter)
        return "250 OK"


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    from aiosmtpd.controller import Controller

    port = free_port()
    box = Mailbox(url=f"smtp://127.0.0.1:{port}")
    controller = Controller(box, hostname="127.0.0.1", port=port, ready_timeout=30, enable_SMTPUTF8=True)
    controller.start()
    yield box
    controller.stop()


# ---- the site ----


@dataclass
class Site:
    url: str
    process: Process
    browser: Any
    contexts: list[Any] = field(default_factory=list)
    pages: list[Any] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def page(
        self, person: Any = None, *, width: int = 1280, height: int = 900, dark: bool = False, **options: Any
    ) -> Any:
        """Open a fresh browser window of this size, signed in as ``person`` if there is one.

        Errors of the page's scripts and refusals by its security policy are kept in ``complaints``; a journey ends
        with ``assert not site.complaints``.
        """
        context = self.browser.new_context(
            base_url=self.url,
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            locale="en-GB",
            timezone_id="Europe/London",
            **options,
        )
        context.set_default_timeout(PATIENCE * 1000)
        self.contexts.append(context)
        if person is not None:
            self.sign_in(context, person)
        page = context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
        page.on("console", lambda said: self._note(page, said))
        self.pages.append(page)
        return page

    def _note(self, page: Any, said: Any) -> None:
        # A refused answer (400 and up) is also written to the console; the journeys that provoke one expect it.
        if said.type == "error" and not said.text.startswith("Failed to load resource"):
            self.complaints.append(f"{page.url}: {said.text}")

    def sign_in(self, context: Any, person: Any) -> None:
        """Give a browser context this person's session, as signing in would."""
        from django.conf import settings
        from django.test import Client

        client = Client()
        client.force_login(person)
        cookie = client.cookies[settings.SESSION_COOKIE_NAME]
        context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": self.url, "httpOnly": True}])


@pytest.fixture
def site(request: pytest.FixtureRequest, chromium: Any, surroundings: dict[str, str], tmp_path: Path) -> Iterator[Site]:
    url = surroundings["ORIGIN"]
    port = url.rsplit(":", 1)[1]
    process = start_site(surroundings, log_of(request, tmp_path, "site"))
    made = Site(url=url, process=process, browser=chromium)
    try:
        until(lambda: answers(int(port), "/desk/sign-in/"), "the site answers", alive=process.must_live)
        yield made
    finally:
        picture_failure(request, made, tmp_path)
        for context in made.contexts:
            context.close()
        process.end()


def start_site(surroundings: dict[str, str], log: Path) -> Process:
    """Start the web application at ``ORIGIN``; a test that kills it starts the next with the same call."""
    port = surroundings["ORIGIN"].rsplit(":", 1)[1]
    command = [sys.executable, "-m", "granian", "--interface", "asginl", "--host", "127.0.0.1", "--port", port]
    command += ["--workers", "1", "--no-ws", "newsroom.asgi:application"]
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


def picture_failure(request: pytest.FixtureRequest, site: Site, folder: Path) -> None:
    """Keep what each window showed when the test failed, and say where."""
    report = getattr(request.node, "report_call", None)
    if report is None or not report.failed:
        return
    for number, page in enumerate(site.pages):
        try:
            path = folder / f"window-{number}.png"
            page.screenshot(path=str(path))
            sys.stderr.write(f"window {number} showed {page.url}: {path}\n")
        except Exception as error:  # a closed window has nothing to show
            sys.stderr.write(f"window {number}: {error}\n")
    for complaint in site.complaints:
        sys.stderr.write(f"{complaint}\n")


# ---- what a page looks like, and whom it shuts out ----

FACES = [(1280, False), (390, False), (390, True), (1280, True)]


def look_over(page: Any, name: str) -> None:
    """Look at the page that is open: on a phone and a desk, light and dark, and on the narrowest screen of all.

    Fails with one line for each thing that axe objects to, and when the page must be scrolled sideways. Dark differs
    from light by its colours alone, so only contrast is asked again there. Where ``PICTURES`` names a folder, each face
    is kept there as ``<name>-<width>[-dark].png``.
    """
    before = page.viewport_size
    problems: list[str] = []
    for width, dark in FACES:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme="dark" if dark else "light", reduced_motion="reduce")
        face = f"{name}-{width}{'-dark' if dark else ''}"
        keep_picture(page, face)
        problems += [f"{face}: {line}" for line in axe_problems(page, "color-contrast" if dark else "")]
    for width in (390, 320):
        page.set_viewport_size({"width": width, "height": 900})
        if over := page.evaluate("document.documentElement.scrollWidth - innerWidth"):
            problems.append(f"{name} at {width} px scrolls sideways by {over} px: {page.evaluate(WIDEST)}")
    page.set_viewport_size(before)
    page.emulate_media(color_scheme="light")
    assert not problems, "\n".join(problems)


WIDEST = """[...document.body.querySelectorAll("*")].filter(one => one.getBoundingClientRect().right > innerWidth + 1)
    .slice(-3).map(one => one.outerHTML.slice(0, 120)).join(" | ")"""


def axe_problems(page: Any, only: str = "") -> list[str]:
    """Return what axe objects to on this page, one line each; an empty list is the goal."""
    from axe_playwright_python.sync_playwright import Axe

    options: dict[str, Any] = {"resultTypes": ["violations"]}
    if only:
        options["runOnly"] = [only]
    results = Axe().run(page, options=options).response
    return [
        f"{problem['id']} ({problem['impact']}): {node['target']} {node['html'][:160]}"
        f" {node.get('failureSummary', '')[:300]}"
        for problem in results["violations"]
        for node in problem["nodes"]
    ]


def keep_picture(page: Any, name: str) -> None:
    """Keep a picture of the whole page where ``PICTURES`` names a folder, to be looked at; otherwise do nothing."""
    if folder := os.environ.get("PICTURES"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)

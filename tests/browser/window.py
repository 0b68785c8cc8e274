"""Chromium, and windows of it on the site."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from newsroom import install
from tests.browser.forking import Ready
from tests.browser.processes import Process, answers, log_of, start_site
from tests.browser.waiting import PATIENCE, until


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Without Chromium the journeys are left out with one line each; where CI=true that fails (tests/completeness.py)."""
    if install.chromium():
        return
    why = pytest.mark.skip(reason="there is no chromium on the PATH")
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(why)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=PATIENCE * 1000)  # its own five seconds are those of a machine that does nothing else
    # Playwright's synchronous interface keeps an event loop in this thread, in which Django refuses the database
    # although nothing here is asynchronous.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=install.chromium(),
            args=["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--force-color-profile=srgb"],
        )
        yield browser
        browser.close()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]
    else:
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = before


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
def site(
    request: pytest.FixtureRequest, chromium: Any, surroundings: dict[str, str], ready: Ready, tmp_path: Path
) -> Iterator[Site]:
    url = surroundings["ORIGIN"]
    port = url.rsplit(":", 1)[1]
    process = start_site(surroundings, log_of(request, tmp_path, "site"), ready)
    made = Site(url=url, process=process, browser=chromium)
    try:
        until(lambda: answers(int(port), "/desk/sign-in/"), "the site answers", alive=process.must_live)
        yield made
    finally:
        picture_failure(request, made, tmp_path)
        for context in made.contexts:
            context.close()
        made.process.end()  # a journey that killed the first has started another


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

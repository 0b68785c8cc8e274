"""The writing screen as a test's hands use it."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import expect

from tests.browser import Site, until
from tests.factories import articles as stories
from tests.factories import media_assets as pictures
from tests.factories import newsletters
from tests.writing.conftest import Desk


def open_desk(site: Site, desk: Desk, who: Any = None, **options: Any) -> Any:
    page = site.page(who or desk.alice, **options)
    page.goto(desk.url)
    page.wait_for_selector("html[data-writing=ready]")
    return page


def caret_at_end(page: Any) -> None:
    page.locator(".body").click()
    page.keyboard.press("Control+End")


def body(page: Any) -> str:
    return str(page.evaluate("writing.body()"))


def save(page: Any) -> None:
    page.keyboard.press("Control+s")
    expect(page.locator("#saved")).to_have_attribute("data-state", "saved")
    until(lambda: not page.evaluate("writing.dirty()"), "the text is saved")


def fill_library() -> None:
    pictures.asset(caption="The gate.", alternative_text="A gate")
    stories.quotation("The garden will be open", source=stories.source("Ann Hale"))
    stories.product()
    newsletters.newsletter()
    stories.published_story(headline="An earlier story")


def place(page: Any, kind: str, **fields: str) -> None:
    page.locator(f'[data-command="news{kind}"]').click()
    dialog = page.locator(f"#picker-{kind}")
    dialog.locator(".found-row input").first.check()
    for name, value in fields.items():
        dialog.locator(f"[name={name}]:enabled").fill(value)
    dialog.locator("[data-place]").click()
    expect(dialog).to_be_hidden()


def hold_answers(page: Any, path: str) -> None:
    """Keep the answers to what is posted to ``path`` on their way until ``letGo()``; ``looked`` says whether the page has
    been asked for anew."""
    page.evaluate(
        """(path) => {
          const ask = window.fetch, held = new Promise((go) => { window.letGo = go; });
          window.fetch = async (url, options = {}) => {
            const answer = await ask(url, options);
            if (options.method === "POST" && new URL(url, location).pathname === path) { await held; }
            if (url === location.href) { window.looked = true; }
            return answer;
          };
        }""",
        path,
    )

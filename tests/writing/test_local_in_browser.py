"""What loses words elsewhere: two tabs, a second person at the same computer, full storage, an answer cut off, a server
that goes in the middle of a save. In Chromium, on the real site."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from articles.models import Revision
from tests.browser import Site, start_site, until
from tests.browser.processes import answers
from tests.writing.conftest import make_desk
from tests.writing.screen import body, caret_at_end, open_desk, save

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

COPIES = (
    "Object.entries(localStorage).filter(([key]) => key.startsWith('writing:')).map(([, copy]) => JSON.parse(copy))"
)


def open_tab(context: Any, desk: Any) -> Any:
    page = context.new_page()
    page.goto(desk.url)
    page.wait_for_selector("html[data-writing=ready]")
    return page


def copies(page: Any) -> list[str]:
    return [copy["fields"]["body"] for copy in page.evaluate(COPIES)]


def type_unsaved(page: Any, words: str) -> None:
    """Typed where no save gets through."""
    page.route("**/save/", lambda route: route.abort())
    caret_at_end(page)
    page.keyboard.type(words)
    until(lambda: any(words in copy for copy in copies(page)), "kept in the browser", seconds=10)


def test_two_tabs_of_one_person_keep_a_copy_each(site: Site) -> None:
    desk = make_desk()
    first = open_desk(site, desk)
    type_unsaved(first, " Of the first tab.")
    second = open_tab(first.context, desk)
    expect(second.get_by_role("button", name="Look at it")).to_have_count(0)  # its tab is open: it will save itself
    second.locator(".text .headline").fill("Of the second tab")
    until(lambda: desk.head.headline == "Of the second tab", "the second saves", seconds=15)
    assert any("Of the first tab." in copy for copy in copies(second)), "a save of one tab drops no copy of another"
    first.on("dialog", lambda dialog: dialog.accept())
    first.close(run_before_unload=False)

    # Offered, not looked at, written on: it is still offered, and what was typed meanwhile stays.
    third = open_tab(second.context, desk)
    expect(third.get_by_role("button", name="Look at it")).to_have_count(1)
    caret_at_end(third)
    third.keyboard.press("Enter")
    third.keyboard.type("Typed on.")
    save(third)
    assert any("Of the first tab." in copy for copy in copies(third))
    third.reload()
    third.wait_for_selector("html[data-writing=ready]")
    caret_at_end(third)
    third.keyboard.press("Enter")
    third.keyboard.type("And again.")
    save(third)
    third.get_by_role("button", name="Look at it").click()
    third.get_by_role("button", name="Put it back into the form").click()
    until(lambda: "Of the first tab." in desk.head.body, "the words are on the desk", seconds=15)
    until(lambda: not third.evaluate("writing.dirty()"), "saved", seconds=15)
    for words in ("Of the first tab.", "Typed on.", "And again."):
        assert words in desk.head.body, desk.head.body
        until(lambda words=words: words in body(third), f"on the page: {words}", seconds=10)
    assert desk.head.headline == "Of the second tab"
    until(lambda: copies(third) == [], "nothing is left over", seconds=10)
    assert not site.complaints


def test_another_person_at_the_same_computer(site: Site) -> None:
    desk = make_desk()
    page = open_desk(site, desk)
    page.context.clear_cookies()
    site.sign_in(page.context, desk.bob)
    caret_at_end(page)
    page.keyboard.type(" Alice’s words.")
    alarm = page.locator("#trouble")
    expect(alarm).to_contain_text("Bob Barrow is signed in here now", timeout=15_000)
    assert Revision.objects.filter(draft=desk.draft).count() == 1, "nobody's words go out under another's name"
    his = open_tab(page.context, desk)
    expect(his.get_by_role("button", name="Look at it")).to_have_count(0)
    assert "Alice’s words" not in his.content()
    his.close()
    page.context.clear_cookies()
    site.sign_in(page.context, desk.alice)
    until(lambda: "Alice’s words." in desk.head.body, "saved by itself, as hers", seconds=30)
    assert desk.head.author == desk.alice


def test_full_storage_an_answer_cut_off_and_a_server_that_goes(site: Site, surroundings: dict[str, str]) -> None:
    desk = make_desk()
    page = open_desk(site, desk)
    alarm, state = page.locator("#trouble"), page.locator("#saved")

    # An answer that cannot be read: the next save begins all the same.
    page.route(
        "**/save/", lambda route: route.fulfill(status=200, content_type="application/json", body='{"ver'), times=1
    )
    caret_at_end(page)
    page.keyboard.type(" Cut off.")
    expect(alarm).to_contain_text("could not be read", timeout=15_000)
    until(lambda: "Cut off." in desk.head.body, "saved by itself", seconds=20)
    expect(state).to_have_attribute("data-state", "saved")

    # Saved, but the answer was lost on its way: the words stand once.
    def lose(route: Any) -> None:
        route.fetch()
        route.abort()

    page.route("**/save/", lose, times=1)
    page.keyboard.type(" Answer lost.")
    expect(alarm).to_contain_text("saved as soon as the desk is there again", timeout=15_000)
    page.keyboard.type(" And on.")
    until(lambda: "Answer lost. And on." in desk.head.body, "saved again", seconds=20)
    assert desk.head.body.count("Answer lost.") == 1

    # Full storage: it is not said that a copy is kept.
    page.evaluate(
        "() => { Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); }; }"
    )
    site.process.kill()
    page.keyboard.type(" While it was away.")
    expect(alarm).to_contain_text("cannot keep a copy", timeout=15_000)
    expect(alarm).not_to_contain_text("kept in this browser")
    site.process = start_site(surroundings, site.process.log)
    port = int(site.url.rsplit(":", 1)[1])
    until(lambda: answers(port, "/desk/sign-in/"), "the site is back", alive=site.process.must_live)
    until(lambda: "While it was away." in desk.head.body, "saved by itself", seconds=40)
    expect(state).to_have_attribute("data-state", "saved")

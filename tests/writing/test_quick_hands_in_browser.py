"""Somebody whose hands are faster than a dialog."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser import Site
from tests.factories import articles as stories
from tests.writing.conftest import make_desk
from tests.writing.screen import body, caret_at_end, open_desk, place

pytestmark = pytest.mark.browser

# A letter that is typed in the very moment in which the dialog has gone.
AT_ONCE = """() => {
    const close = HTMLDialogElement.prototype.close;
    HTMLDialogElement.prototype.close = function () {
        close.call(this);
        queueMicrotask(() => document.execCommand("insertText", false, "A"));
    };
}"""


def test_the_first_letter_after_a_block_stands_behind_it(site: Site) -> None:
    stories.published_story(headline="An earlier story")
    desk = make_desk(body="<p>First words.</p>")
    page = open_desk(site, desk)
    page.evaluate(AT_ONCE)
    caret_at_end(page)
    place(page, "related")
    page.keyboard.type("fter it.")
    expect(page.locator("[data-block=related]")).to_be_visible()
    text = body(page)
    assert "<p>First words.</p>" in text
    assert text.rstrip().endswith("<p>After it.</p>")
    assert not site.complaints

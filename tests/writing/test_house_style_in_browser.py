"""Straight marks become the house's while somebody types and pastes, and one undo gives the straight one back."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser import Site, until
from tests.factories import articles as stories
from tests.factories import media_assets as pictures
from tests.writing.conftest import make_desk
from tests.writing.screen import body, caret_at_end, open_desk, save

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TYPED = "He said \"the Queen's 'new' coat\", in the '90s at 6'2\" tall in 1990's rock 'n' roll, 'tis so."
SET = "He said “the Queen’s ‘new’ coat”, in the ’90s at 6'2\" tall in 1990’s rock ’n’ roll, ’tis so."
PASTE = """([selector, types]) => { const data = new DataTransfer(); for (const [type, words] of Object.entries(types)) data.setData(type, words);
  document.querySelector(selector).dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true })); }"""


def undo(page: Any, wanted: str) -> None:
    until(lambda: (page.keyboard.press("Control+z"), wanted in body(page))[1], f"undone: {wanted}", seconds=10)


def test_typed_pasted_and_given_back(site: Site) -> None:
    entry = stories.quotation("We saw the car", source=stories.source("Ann Hale"))
    pictures.asset(caption='The Queen\'s "old" gate.', alternative_text="A gate")
    desk = make_desk(body=f'<p>Mine: <q data-quotation="{entry.pk}">"We saw the car"</q> said Ann.</p>')
    page = open_desk(site, desk)
    caret_at_end(page)
    page.keyboard.press("Enter")
    page.keyboard.type(TYPED)
    expect(page.locator(".body > p").last).to_have_text(SET)
    assert '"We saw the car"' in body(page), "nobody touched that one"

    # One undo gives the straight mark back; typing on leaves it.
    page.keyboard.press("Enter")
    page.keyboard.type('It is a "')
    assert body(page).rstrip().endswith("<p>It is a “</p>")
    undo(page, "<p>It is a &quot;</p>" if "&quot;" in body(page) else '<p>It is a "</p>')
    page.keyboard.type('5 inch" sign')
    assert body(page).rstrip().endswith('<p>It is a "5 inch” sign</p>')
    save(page)
    assert desk.head.body.endswith('<p>It is a "5 inch” sign</p>'), "the desk keeps what the writer chose"

    # Pasted: the straight marks are set, the curly ones and addresses stay; an undo gives the straight ones back.
    page.keyboard.press("Enter")
    html = "<p>\"One\" and “two” and <a href=\"https://x.example/a?b='c'\">it's</a></p><p>'Three'</p>"
    page.evaluate(PASTE, [".body", {"text/html": html, "text/plain": "plain"}])
    wanted = "<p>“One” and “two” and <a href=\"https://x.example/a?b='c'\">it’s</a></p>"
    until(lambda: wanted in body(page).replace("&#39;", "'"), f"set: {body(page)}", seconds=15)
    assert "<p>‘Three’</p>" in body(page)
    undo(page, "it's</a>")
    assert "'Three'" in body(page)
    assert '"One" and “two”' in body(page)

    # The fields around the text.
    headline = page.get_by_label("Headline", exact=True)
    headline.fill("")
    headline.press_sequentially('The King\'s "quiet" walk')
    expect(headline).to_have_value("The King’s “quiet” walk")
    headline.fill("So ")
    page.evaluate(PASTE, ["#id_headline", {"text/plain": '"it\'s" done'}])
    expect(headline).to_have_value("So “it’s” done")
    page.keyboard.press("Control+z")
    expect(headline).to_have_value('So "it\'s" done')
    headline.fill("A headline")
    for label in ("Kicker", "Standfirst", "Search title", "Social description"):
        if label.startswith("S") and " " in label:
            page.get_by_role("tab", name="Story", exact=True).click() if not page.locator(
                "#rail-story"
            ).is_visible() else None
        field = page.get_by_label(label)
        field.fill("")
        field.press_sequentially("It's")
        expect(field).to_have_value("It’s")

    # A caption, from the library and by hand.
    page.locator('[data-command="newsimage"]').click()
    dialog = page.locator("#picker-image")
    dialog.locator(".found-row input").first.check()
    caption = dialog.get_by_label("Caption")
    expect(caption).to_have_value("The Queen’s “old” gate.")
    caption.press("End")
    caption.press_sequentially(" It's")
    expect(caption).to_have_value("The Queen’s “old” gate. It’s")
    dialog.get_by_role("button", name="Cancel").click()
    save(page)
    assert not site.complaints


def test_without_the_script_the_desk_sets_them(site: Site) -> None:
    entry = stories.quotation("We saw the car", source=stories.source("Ann Hale"))
    desk = make_desk(body=f'<p><q data-quotation="{entry.pk}">"We saw the car"</q> she said.</p>')
    page = site.page(desk.alice, java_script_enabled=False)
    page.goto(desk.url)
    page.get_by_label("Headline", exact=True).fill('The King\'s "quiet" walk')
    page.locator("#save").click()
    until(lambda: desk.head.number == 2, "it is saved")
    assert desk.head.headline == "The King’s “quiet” walk"
    assert desk.head.body == f'<p><q data-quotation="{entry.pk}">“We saw the car”</q> she said.</p>'
    page.goto(desk.url)
    expect(page.locator("#rail-sources")).to_contain_text("Tied")
    expect(page.locator("#rail-sources")).not_to_contain_text("Words changed")

"""Selecting words and typing two letters ties them, at a desk and on a phone."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from articles.models import Quotation
from tests.browser import Site, until
from tests.factories import articles as stories
from tests.writing.conftest import make_desk
from tests.writing.screen import body, open_desk

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SELECT = """(words) => { const walker = document.createTreeWalker(document.querySelector(".body"), NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) { const at = walker.currentNode.data.indexOf(words); if (at < 0) continue;
    const range = writing.editor.createRange(), node = new CKEDITOR.dom.text(walker.currentNode);
    range.setStart(node, at); range.setEnd(node, at + words.length); writing.editor.focus(); range.select(); return true; } }"""


def select(page: Any, words: str) -> None:
    assert page.evaluate(SELECT, words)


def test_select_and_type_two_letters(site: Site) -> None:
    ann = stories.source("Ann Hale")
    stories.quotation("The garden will be open", source=ann)
    stories.quotation("Annual rain", source=stories.source("Bert Low"))
    desk = make_desk(body="<p>“We saw the car,” she said. “The garden will be open.” And “nobody came”.</p>")
    page = open_desk(site, desk)

    # New words of a source that the ledger knows: a new entry, by key, two letters and Enter.
    select(page, "“We saw the car,”")
    page.keyboard.press("Alt+Shift+s")
    dialog = page.locator("#picker-quotation")
    expect(dialog.get_by_label("Search the ledger")).to_be_focused()
    page.keyboard.type("ha")
    expect(dialog.locator(".found-row").first).to_contain_text("Ann Hale")
    expect(dialog.locator(".found-row").first).to_contain_text("A new entry")
    expect(dialog.locator(".found-row input").first).to_be_checked()
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    entry = Quotation.objects.latest("pk")
    assert (entry.words, entry.source) == ("We saw the car,", ann)
    assert f'<q data-quotation="{entry.pk}">“We saw the car,”</q> she said.' in body(page)

    # Words that it has: found by their own letters.
    select(page, "“The garden will be open.”")
    page.keyboard.press("Alt+Shift+s")
    page.keyboard.type("gard")
    expect(dialog.locator(".found-row").first).to_contain_text("The garden will be open")
    expect(dialog.locator(".found-row input").first).to_be_checked()
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    assert Quotation.objects.count() == 3
    assert "<q" in body(page).split("she said.")[1]
    until(lambda: not page.evaluate("writing.dirty()"), "the ties are saved", seconds=15)

    # The same on a phone, with a thumb.
    phone = site.page(desk.alice, width=390, height=800, has_touch=True, is_mobile=True)
    phone.goto(desk.url)
    phone.wait_for_selector("html[data-writing=ready]")
    select(phone, "“nobody came”")
    phone.locator("[data-command=newssource]").tap()
    dialog = phone.locator("#picker-quotation")
    phone.keyboard.type("be")
    expect(dialog.locator(".found-row").first).to_contain_text("Bert Low")
    expect(dialog.locator(".found-row input").first).to_be_checked()
    dialog.get_by_role("button", name="Tie to this source").tap()
    expect(dialog).to_be_hidden()
    entry = Quotation.objects.latest("pk")
    assert (entry.words, entry.source.name) == ("nobody came", "Bert Low")
    assert f'<q data-quotation="{entry.pk}">“nobody came”</q>' in body(phone)
    assert not site.complaints

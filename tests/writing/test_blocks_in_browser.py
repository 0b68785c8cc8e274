"""Pictures, quotations and other blocks put in on the writing screen, in Chromium, on the real site."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from articles.models import Quotation
from newsroom import blocks
from tests.browser import Site, until
from tests.writing.conftest import make_desk
from tests.writing.screen import body, caret_at_end, fill_library, hold_answers, open_desk, place, save

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_five_blocks(site: Site) -> None:
    desk = make_desk(body="<p>First words.</p>")
    fill_library()
    page = open_desk(site, desk)
    caret_at_end(page)
    for kind in ("image", "quote", "product", "newsletter", "related"):
        place(page, kind)
        page.keyboard.type(f"After the {kind}.")
    save(page)
    kinds = [reference.kind for reference in blocks.references(desk.head.body)]
    assert kinds == ["image", "quote", "product", "newsletter", "related"]
    assert "<p>After the image.</p>" in desk.head.body
    assert desk.head.body.endswith("<p>After the related.</p>")
    card = page.locator('[data-block="image"]')
    expect(card.locator("img")).to_be_visible()  # in its shadow root
    assert "<img" not in body(page), "a card never enters the text"

    # Edited: a new placement in the same place; the old one stays for whoever approved it.
    old = blocks.references(desk.head.body)[0].id
    card.locator("[data-card=edit]").click()
    dialog = page.locator("#picker-image")
    expect(dialog.locator("[name=alternative_text]")).to_have_value("A gate")
    dialog.locator("[name=alternative_text]").fill("")
    dialog.locator("[data-place]").click()
    expect(dialog.locator('[data-error="alternative_text"]')).to_be_visible()
    expect(dialog.locator("[name=alternative_text]")).to_be_focused()
    dialog.locator("[name=alternative_text]").fill("A stone gate at dusk")
    dialog.locator("[data-place]").click()
    expect(dialog).to_be_hidden()
    save(page)
    new = blocks.references(desk.head.body)[0].id
    assert new != old
    assert blocks.get("image").load({new})[new].alternative_text == "A stone gate at dusk"  # type: ignore[union-attr]

    # Moved by keys, a line written above it, taken out, brought back.
    page.evaluate(
        "writing.editor.widgets.getByElement(new CKEDITOR.dom.element(document.querySelector('[data-block=image]'))).focus()"
    )
    page.keyboard.press("Alt+Shift+ArrowDown")
    assert body(page).index("After the image") < body(page).index('"image"')
    page.keyboard.press("Alt+Shift+ArrowUp")
    assert body(page).index("After the image") > body(page).index('"image"')
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("Above it.")
    assert body(page).index("Above it") < body(page).index('"image"')
    page.evaluate(
        "writing.editor.widgets.getByElement(new CKEDITOR.dom.element(document.querySelector('[data-block=image]'))).focus()"
    )
    page.keyboard.press("Delete")
    assert '"image"' not in body(page)
    page.keyboard.press("Control+z")
    until(lambda: '"image"' in body(page), "the block is back", seconds=10)
    assert not site.complaints


def test_tie_a_quotation(site: Site) -> None:
    desk = make_desk(body="<p>One said “we saw the car” and went.</p>")
    page = open_desk(site, desk)
    assert page.evaluate("CSS.highlights.get('untied').size") == 1
    expect(page.locator('[data-count="untied"]')).to_have_text("1 quotation not tied")
    page.get_by_role("tab", name="Sources").click()
    page.get_by_role("button", name="Tie to a source").click()
    dialog = page.locator("#picker-quotation")
    dialog.get_by_role("button", name="Write a new entry").click()
    expect(dialog.locator("[name=words]")).to_have_value("we saw the car")
    dialog.locator("[data-place]").click()
    expect(dialog.locator('[data-error="who"]')).to_be_visible()
    dialog.locator("[name=who]").fill("Ann Hale")
    dialog.locator("[name=chain]").fill("the Daily Mail")
    dialog.locator("[data-place]").click()
    expect(dialog).to_be_hidden()
    entry = until(lambda: Quotation.objects.first(), "the entry is in the ledger")
    assert f'<q data-quotation="{entry.pk}">“we saw the car”</q> and went.' in body(page)
    page.keyboard.type(" typed")
    assert "</q> typed" in body(page), "words typed after a quotation are not part of it"
    save(page)
    assert blocks.quotation_ids(desk.head.body) == [entry.pk]
    expect(page.locator("#rail-sources")).to_contain_text("Tied")
    expect(page.locator('[data-dot="sources"]')).to_be_hidden()
    until(lambda: page.evaluate("CSS.highlights.get('untied').size") == 0, "nothing is drawn", seconds=10)
    # Words changed inside it: shown while typing, and said by the server.
    page.evaluate("""() => { const t = document.querySelector('.body q').firstChild; const r = writing.editor.createRange();
      r.setStart(new CKEDITOR.dom.text(t), 4); r.collapse(true); writing.editor.focus(); r.select(); }""")
    page.keyboard.type("never ")
    until(lambda: page.evaluate("CSS.highlights.get('changed').size") == 1, "the change is drawn", seconds=10)
    save(page)
    expect(page.locator("#rail-sources")).to_contain_text("Words changed inside a tied quotation")
    assert not site.complaints


def test_an_editor_waives_what_nobody_said(site: Site) -> None:
    desk = make_desk(body="<p>They saw “A long film” and went.</p>")
    page = open_desk(site, desk)
    page.get_by_role("tab", name="Sources").click()
    expect(page.get_by_role("button", name="Tie to a source")).to_be_visible()
    expect(page.get_by_text("Waive", exact=True)).to_have_count(0)
    page = open_desk(site, desk, desk.bob)
    hold_answers(page, desk.url)
    caret_at_end(page)
    page.keyboard.type(" Typed meanwhile.")
    until(lambda: "Typed meanwhile." in desk.head.body, "it is saved by itself; the page does not know yet")
    page.get_by_role("tab", name="Sources").click()
    page.get_by_text("Waive", exact=True).click()
    page.get_by_label("Why it needs no source").fill("title of the film")
    page.get_by_role("button", name="Waive these words").click()
    until(lambda: page.evaluate("window.looked"), "the page has seen a version that it does not know")
    page.evaluate("window.letGo()")
    expect(page.locator("#rail-sources")).to_contain_text("Waived by Bob Barrow: title of the film")
    expect(page.locator('[data-dot="sources"]')).to_be_hidden()
    assert "Typed meanwhile." in body(page)
    save(page)


def test_the_lead_picture(site: Site) -> None:
    fill_library()
    desk = make_desk()
    page = open_desk(site, desk)
    page.get_by_role("button", name="Choose the lead picture").click()
    dialog = page.locator("#picker-image")
    dialog.locator(".found-row input").first.check()
    expect(dialog.locator("[name=alternative_text]")).to_have_value("A gate")
    dialog.locator("[data-place]").click()
    expect(page.locator(".lead img")).to_be_visible()
    save(page)
    assert desk.head.lead_image is not None
    page.locator(".lead [data-card=remove]").click()
    save(page)
    assert desk.head.lead_image is None

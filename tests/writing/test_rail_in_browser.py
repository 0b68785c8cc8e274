"""The rail's tabs beside the text: pictures, history, bylines, in Chromium on the real site."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from articles.models import Byline
from newsroom import blocks
from tests.browser import Site, look_over, until
from tests.factories import media_assets as pictures
from tests.factories.accounts import person
from tests.writing.conftest import make_desk
from tests.writing.screen import body, caret_at_end, hold_answers, open_desk, save

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TABS = ["Story", "Pictures", "Sources", "Products", "Checks", "Notes", "History", "Preview"]


def place(page: Any, caption: str) -> None:
    dialog = page.locator("#picker-image")
    dialog.locator(".found-row input").first.check()
    dialog.get_by_label("Caption").fill(caption)
    dialog.locator("[data-place]").click()
    expect(dialog).to_be_hidden()


def test_pictures_and_history(site: Site) -> None:
    soon = timezone.now() + timedelta(days=3)
    ends = pictures.asset(caption="A wide gate", alternative_text="A gate", ends_at=soon, at=timezone.now())
    gone = pictures.asset(caption="A park", alternative_text="A park with trees")
    first, second = pictures.image_placement(ends, caption="The gate."), pictures.image_placement(gone)
    body_ = f'<p>First words here.</p><div data-block="image" data-id="{second.pk}"></div><p>Last words.</p>'
    desk = make_desk(body=body_, lead_image=first)
    gone.rights.all().delete()
    page = open_desk(site, desk)

    # Every tab by arrows, and all of them in sight on a low window.
    page.set_viewport_size({"width": 1280, "height": 700})
    page.get_by_role("tab", name="Story", exact=True).focus()
    for name in [*TABS[1:], TABS[0]]:
        page.keyboard.press("ArrowDown")
        expect(page.get_by_role("tabpanel", name=name, exact=name == "Story")).to_be_visible()
    strip = page.locator(".strip")
    assert strip.evaluate("one => one.scrollHeight <= one.clientHeight")
    assert [tab.split("\n")[0] for tab in strip.get_by_role("tab").all_inner_texts()] == TABS

    # What stops publication first, then the lead.
    page.get_by_role("tab", name="Pictures").click()
    rows = page.locator("#rail-pictures .picture-row")
    expect(page.locator("#rail-pictures")).to_contain_text("1 stops publication")
    expect(page.locator('[data-dot="pictures"]')).to_have_text("1")
    expect(rows.nth(0)).to_contain_text("Nobody has recorded a right to use it")
    expect(rows.nth(1)).to_contain_text("Lead picture")
    expect(rows.nth(1)).to_contain_text("The right to it ends on")
    expect(rows.nth(1)).to_contain_text("(Image credit: Getty Images)")
    expect(rows.nth(1)).to_contain_text("The gate.")
    rows.nth(0).get_by_role("button", name="Show it").click()
    expect(page.locator(".cke_widget_focused [data-block=image]")).to_have_count(1)

    # Put another in, beside the selected one; change it; make it the lead.
    page.get_by_role("button", name="Put a picture in").click()
    place(page, "Put in.")
    until(lambda: body(page).count('"image"') == 2, "two pictures in the text", seconds=10)
    save(page)
    expect(rows).to_have_count(3)
    row = rows.filter(has_text="Put in.")
    row.get_by_role("button", name="Change").click()
    dialog = page.locator("#picker-image")
    expect(dialog.get_by_label("Caption")).to_have_value("Put in.")
    dialog.get_by_label("Caption").fill("Changed.")
    dialog.locator("[data-place]").click()
    expect(dialog).to_be_hidden()
    save(page)
    expect(rows.filter(has_text="Changed.")).to_have_count(1)
    rows.filter(has_text="Changed.").get_by_role("button", name="Make it the lead").click()
    save(page)
    placed = desk.head.lead_image
    assert placed is not None
    assert placed.caption == "Changed."
    assert placed.pk in [reference.id for reference in blocks.references(desk.head.body)]
    page.get_by_role("button", name="Change the lead").click()
    expect(dialog.get_by_label("Caption")).to_have_value("Changed.")
    dialog.get_by_role("button", name="Cancel").click()
    look_over(page, "rail-pictures")

    # The history follows each save, with what it did to the words.
    page.get_by_role("tab", name="History").click()
    caret_at_end(page)
    page.keyboard.type(" Seven more words are typed in here.")
    save(page)
    line = page.locator("#rail-history li").first
    expect(line).to_contain_text("Alice Ashdown saved revision")
    expect(line).to_contain_text("7 words added")
    compare = page.get_by_role("link", name="Compare with now (revision 1)")
    assert "compare=" in str(compare.get_attribute("href"))
    look_over(page, "rail-history")
    caret_at_end(page)
    page.keyboard.type(" Unsaved, kept first.")
    number = desk.head.number
    with page.expect_navigation():
        page.get_by_role("button", name="Restore revision 1").click()
    page.wait_for_selector("html[data-writing=ready]")
    until(lambda: desk.head.number == number + 2, "the words are saved, then the old ones are back")
    assert "Seven more" not in body(page)
    expect(page.get_by_role("tabpanel", name="History")).to_be_visible()
    assert not site.complaints


def test_bylines_in_order(site: Site) -> None:
    desk = make_desk()
    eve = person("reporter", name="Eve Eccles")
    for number, one in enumerate((desk.bob, eve), 1):
        Byline.objects.create(story=desk.story, person=one, position=number)
    for number in range(12):
        person("reporter", name=f"Zadie {'ABCDEFGHIJKL'[number]}lder")
    page = open_desk(site, desk)
    rows = page.locator("[data-bylines] > li:has(:checked)")
    names = lambda: [text.split("\n")[0].strip() for text in rows.all_inner_texts()]  # noqa: E731
    assert names() == ["Alice Ashdown", "Bob Barrow", "Eve Eccles"]
    page.get_by_role("button", name="Eve Eccles further up").click()
    assert names() == ["Alice Ashdown", "Eve Eccles", "Bob Barrow"]
    page.keyboard.press("Alt+ArrowUp")
    assert names() == ["Eve Eccles", "Alice Ashdown", "Bob Barrow"]
    rows.nth(2).drag_to(rows.nth(0), target_position={"x": 20, "y": 2})
    assert names() == ["Bob Barrow", "Eve Eccles", "Alice Ashdown"]
    rows.nth(1).get_by_role("checkbox").uncheck()
    # In a long list some letters find a name; Enter takes the only one that is left, and who is named stays in sight.
    page.get_by_role("searchbox", name="Find a name").fill("elder")
    assert page.locator("[data-bylines] > li:visible").count() == 3
    page.keyboard.press("Enter")
    assert names() == ["Bob Barrow", "Alice Ashdown", "Zadie Elder"]
    page.get_by_label("Zadie Elder", exact=True).uncheck()
    look_over(page, "rail-bylines")
    hold_answers(page, f"{desk.url}particulars/")
    page.get_by_role("button", name="Save the details").click()
    until(lambda: desk.story.bylines.filter(position=1, person=desk.alice).exists(), "the page does not know yet")
    caret_at_end(page)
    page.evaluate("letGo()")
    expect(page.get_by_text("Details saved")).to_be_visible()
    expect(page.locator(".body")).to_be_focused()  # who writes on is not fetched back
    assert [one.person.name for one in desk.story.bylines.all()] == ["Bob Barrow", "Alice Ashdown"]
    assert names() == ["Bob Barrow", "Alice Ashdown"]
    expect(page.locator(".text .by")).to_contain_text("By Bob Barrow, Alice Ashdown")

    # Without a script: by number.
    plain = site.page(desk.alice, java_script_enabled=False)
    plain.goto(desk.url)
    plain.get_by_label("Place of Alice Ashdown").fill("1")
    plain.get_by_label("Place of Bob Barrow").fill("2")
    plain.get_by_role("button", name="Save the details").click()
    until(
        lambda: [one.person.name for one in desk.story.bylines.all()] == ["Alice Ashdown", "Bob Barrow"],
        "the order is kept",
    )
    assert not site.complaints

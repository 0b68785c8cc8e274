"""Whole errands by keyboard alone: from the first day's empty board to a story, through a list, the calendar and the
palette; and what a screen reader is told on the way."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.browser import keep_picture
from tests.factories import articles as make
from tests.factories.accounts import person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def focused(page: Any) -> str:
    return str(page.evaluate("document.activeElement.textContent.trim()"))


def keys_shown(page: Any) -> list[str]:
    page.keyboard.press("?")
    rows = page.get_by_role("dialog", name="Keys").locator(".keylist > div").all_inner_texts()
    page.keyboard.press("Escape")
    return [" ".join(row.split()) for row in rows]


def test_a_first_day_then_a_list_and_the_calendar_by_keyboard(site: Any) -> None:
    editor = person("editor")
    make.section("Royals")
    page = site.page(editor)
    page.goto("/desk/stories/")
    page.get_by_role("heading", name="No stories yet").wait_for()
    keep_picture(page, "first-day-1280")
    page.goto("/desk/stories/?view=week")
    assert page.get_by_role("link", name="After").is_visible(), "an empty calendar is still a calendar"
    page.keyboard.press("n")
    page.wait_for_url("**/desk/stories/new/")

    # The board: j and k walk, Enter opens; nothing happens while somebody types.
    now = timezone.now().replace(hour=10, minute=0)
    tuesday = now + timedelta(days=8 - now.weekday())  # of next week: it and its Thursday stand in one view, always
    for headline, after in (("At ten", 0), ("At noon", 2), ("On Thursday", 48)):
        make.scheduled_story(headline=headline, owner=editor, due_at=tuesday + timedelta(hours=after))
    for number in range(3):
        make.story(headline=f"Draft {number}", owner=editor, at=now + timedelta(minutes=number))
    page.goto("/desk/stories/?stands=draft")
    page.keyboard.press("j")
    first = focused(page)
    page.keyboard.press("j")
    second = focused(page)
    assert {first, second} < {"Draft 0", "Draft 1", "Draft 2"}
    page.keyboard.press("k")
    assert focused(page) == first
    assert "J K Next and previous in the list" in keys_shown(page)
    assert "N New story" in keys_shown(page)
    assert focused(page) == first, "the focus comes back from the list of keys"
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.get_by_role("textbox", name="Headline").wait_for()
    assert page.get_by_role("textbox", name="Headline").input_value() == second
    page.get_by_role("application", name="The story’s text").wait_for()  # not the field's id, which is the editor's own

    # The calendar: from the list to the month, day by day, hour by hour, to the next span and back, and into a story.
    page.goto("/desk/stories/")
    page.keyboard.press("m")
    page.wait_for_url("**view=month**")
    if not page.get_by_role("link", name="At ten").count():  # the last days of a month
        page.keyboard.press("a")
        page.get_by_role("link", name="At ten").wait_for()
    page.keyboard.press("j")
    assert focused(page) == "At ten"
    page.keyboard.press("ArrowDown")
    assert focused(page) == "At noon"
    page.keyboard.press("ArrowUp")
    assert focused(page) == "At ten"
    page.keyboard.press("ArrowRight")
    assert focused(page) == "On Thursday", "over the day that has nothing"
    page.keyboard.press("ArrowLeft")
    assert focused(page) == "At ten"
    assert any("From a story in the calendar" in row for row in keys_shown(page))
    days = page.get_by_role("list", name=page.locator("#span").inner_text())
    assert 'link "At ten"' in days.aria_snapshot(), "the calendar is a list that bears its days' name"
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="At ten").wait_for()
    page.go_back()
    page.keyboard.press("w")
    page.wait_for_url("**view=week**")
    shown = page.locator("#span").inner_text()
    page.keyboard.press("a")
    page.wait_for_function("was => document.getElementById('span').textContent !== was", arg=shown)
    page.keyboard.press("b")
    page.wait_for_function("was => document.getElementById('span').textContent === was", arg=shown)
    assert not site.complaints


def test_the_palette_is_opened_searched_and_left_by_keyboard(site: Any) -> None:
    editor = person("editor")
    make.story(headline="The gates of Balmoral", owner=editor)
    page = site.page(editor)
    page.goto("/desk/sources/")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "q"
    page.keyboard.press("Control+k")
    palette = page.get_by_role("dialog", name="Find or do something")
    field = palette.get_by_role("combobox", name="Find or do something")
    field.wait_for()
    page.keyboard.type("balmoral")
    hit = palette.get_by_role("option", name="The gates of Balmoral")
    hit.wait_for()
    # What a screen reader is told: how many were found, and which one Enter takes.
    assert palette.get_by_role("status").inner_text().endswith("found")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.id") == "q", "the focus goes back where it came from"
    page.keyboard.press("Control+k")
    assert field.input_value() == "", "it begins anew"
    page.keyboard.type("new st")
    assert page.evaluate(
        "document.getElementById(document.activeElement.getAttribute('aria-activedescendant')).innerText"
    )
    chosen = palette.get_by_role("option", selected=True)
    assert "New story" in chosen.inner_text()
    palette.get_by_role("option", name="Search for “new st”").wait_for()
    page.keyboard.press("ArrowDown")
    assert "New story" not in chosen.inner_text(), "the arrows move on"
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/stories/new/")

    # On a phone the tabs are wider than the screen: the one that is open is in sight.
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto("/desk/stories/?stands=spiked")
    box = page.locator(".tabs [aria-current]").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    assert not site.complaints

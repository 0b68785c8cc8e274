"""The first places of a page, ordered by keys, by arrows and by drag, and looked over."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from articles.models import Pin
from tests.browser import look_over, until
from tests.factories import articles as make
from tests.factories.accounts import person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_an_order_is_made_and_put_before_readers(site: Any) -> None:
    for number in range(6):
        make.published_story(headline=f"Story {number}", at=make.AT + timedelta(minutes=number))
    page = site.page(person("editor"))
    page.goto("/desk/front/")

    def order() -> list[str]:
        return [one.inner_text() for one in page.locator("[data-order] .what a").all()]

    for headline in ("Story 5", "Story 4", "Story 3"):
        page.locator(".fills").get_by_role("button", name=f"Pin {headline}").click()
        page.locator("[data-order]").get_by_role("link", name=headline, exact=True).wait_for()
    assert order() == ["Story 5", "Story 4", "Story 3"]
    page.get_by_role("button", name="Story 3 further up").click()
    assert order() == ["Story 5", "Story 3", "Story 4"]
    assert page.get_by_role("button", name="Story 3 further up").evaluate("one => document.activeElement === one")
    page.keyboard.press("Alt+ArrowUp")
    assert order() == ["Story 3", "Story 5", "Story 4"]
    rows = page.locator("[data-order] > li")
    rows.nth(2).drag_to(rows.nth(0), source_position={"x": 30, "y": 30}, target_position={"x": 30, "y": 4})
    assert order() == ["Story 4", "Story 3", "Story 5"]
    # Enter in the search finds; it never puts anything before readers.
    page.get_by_label("Words of its headline").fill("story")
    page.keyboard.press("Enter")
    page.locator(".finds").get_by_role("button", name="Pin Story 0").wait_for()
    assert order() == ["Story 4", "Story 3", "Story 5"]
    assert not Pin.objects.exists()
    with page.expect_popup() as tried:
        page.get_by_role("button", name="Try it out").click()
    tried.value.get_by_role("heading", level=2).filter(has_text="Story 4").wait_for()
    tried.value.close()
    look_over(page, "desk-front")
    page.get_by_role("button", name="Put before readers").click()
    until(lambda: Pin.objects.count() == 3, "the order is kept")
    page.get_by_text("is in this order for readers").wait_for()
    assert order() == ["Story 4", "Story 3", "Story 5"]
    assert not site.complaints

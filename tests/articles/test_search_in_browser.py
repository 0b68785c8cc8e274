"""From the palette to the page of results, by keyboard."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser import look_over
from tests.factories import articles as make
from tests.factories.accounts import person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_somebody_searches(site: Any) -> None:
    editor = person("editor")
    for number in range(12):
        make.story(
            headline=f"Zoë Müller’s {number}th day at Balmoral",
            body="<p>The gates stayed open until noon, said a gardener who has worked there for nine years.</p>" * 3,
        )
    make.published_story(headline="Seen by readers", body="<p>At Balmoral, the castle gates closed.</p>")
    make.quotation("I never went to Balmoral", source=make.source("Margaret Hale"))
    window = site.page(editor)
    window.goto("/desk/stories/")
    window.keyboard.press("Control+k")
    window.keyboard.type("zoe muller balm")
    window.get_by_role("option", name="Zoë Müller’s 11th day").wait_for()
    window.get_by_role("option", name="Search for “zoe muller balm”").click()
    window.get_by_role("heading", name="Zoë Müller’s 11th day at Balmoral").wait_for()
    assert window.locator(".results mark").first.text_content() == "Zoë"
    window.get_by_role("searchbox").fill("balmoral")
    window.keyboard.press("Enter")
    window.get_by_text("13 found").wait_for()
    look_over(window, "search")
    window.get_by_text("Stands: any").click()
    window.get_by_role("link", name="published", exact=True).click()
    window.get_by_text("Stands: published").wait_for()
    assert window.locator(".results > li").count() == 1
    window.get_by_role("link", name="Sources 1").click()
    window.get_by_role("link", name="Margaret Hale").click()
    window.wait_for_url("**/desk/sources/*/")
    window.goto("/desk/search/")
    look_over(window, "search-empty")
    window.goto("/desk/search/?q=nothinghasthisname")
    window.get_by_text("Nothing found").wait_for()
    assert not site.complaints

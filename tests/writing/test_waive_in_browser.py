"""Quotation marks outside the running text: shown where they stand, and waived as those in the text are."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from articles.models import Waiver
from tests.browser import Site, look_over
from tests.factories import articles as stories
from tests.factories import media_assets as pictures
from tests.writing.conftest import make_desk
from tests.writing.screen import open_desk

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_an_editor_waives_the_shops_own_marks(site: Site) -> None:
    mug = stories.product_placement(stories.product("Mug “Keep calm”"))
    gate = pictures.image_placement(alternative_text="A sign that says “no entry”")
    desk = make_desk(
        headline="Crowds sing “The Crown”",
        body="<p>First words.</p>"
        + "".join(f'<div data-block="{kind}" data-id="{pk}"></div>' for kind, pk in (("product", mug.pk), ("image", gate.pk))),
    )  # fmt: skip
    page = open_desk(site, desk, desk.bob)
    page.get_by_role("tab", name="Sources").click()
    rows = page.locator("#rail-sources li")
    expect(rows).to_have_count(3)
    for number, place in enumerate(("headline", "name of the product", "alternative text")):
        expect(rows.nth(number)).to_contain_text(f"In the {place}.")
    rows.nth(2).get_by_role("button", name="Show it").click()
    expect(page.locator('[data-block="image"]')).to_be_in_viewport()
    row = rows.nth(1)
    row.get_by_text("Waive", exact=True).click()
    row.get_by_label("Why it needs no source").fill("printed on the mug")
    row.get_by_role("button", name="Waive these words").click()
    expect(rows.nth(1)).to_contain_text("Waived by Bob Barrow: printed on the mug")
    expect(page.locator('[data-dot="sources"]')).to_have_text("2")
    look_over(page, "waive-elsewhere")
    assert Waiver.objects.get().normalised == "keep calm"
    rows.nth(1).get_by_role("button", name="Take back").click()
    expect(rows.nth(1).get_by_text("Waive", exact=True)).to_be_visible()
    expect(page.locator('[data-dot="sources"]')).to_have_text("3")
    assert Waiver.objects.get().ended_by == desk.bob
    assert not site.complaints

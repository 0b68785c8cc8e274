"""Tying one quotation after the other, as fast as a person can."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from articles.models import Quotation
from tests.browser import Site
from tests.writing.conftest import make_desk
from tests.writing.screen import body, open_desk

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_two_quotations_of_one_paragraph(site: Site) -> None:
    """The first tie splits the paragraph's text: the second must still find its own words."""
    desk = make_desk(body='<p>"The gate was open," a source said. "Nobody came."</p>')
    page = open_desk(site, desk)
    page.get_by_role("tab", name="Sources").click()
    for words in ("The gate was open,", "Nobody came."):
        row = page.locator("#rail-sources li.check.stop", has_text=words)
        row.get_by_role("button", name="Tie to a source").click()
        dialog = page.locator("#picker-quotation")
        dialog.get_by_role("button", name="Write a new entry").click()
        dialog.locator("[name=who]").fill("a source")
        dialog.locator("[data-place]").click()
        expect(dialog).to_be_hidden()
    first, second = Quotation.objects.order_by("pk")
    assert body(page).strip() == (
        f'<p><q data-quotation="{first.pk}">"The gate was open,"</q> a source said. '
        f'<q data-quotation="{second.pk}">"Nobody came."</q></p>'
    )
    assert not site.complaints

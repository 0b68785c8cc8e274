"""A story is taken from readers: an editor's errand from the desk to the last receipt, and what readers meet meanwhile."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from articles.models import Receipt
from articles.reader import sitemaps
from tests.browser import look_over, until
from tests.factories import articles as make
from tests.factories import media_assets as pictures
from tests.factories.accounts import person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LISTS = ("/", "/royals/", "/feeds/rss.xml", "/royals/feed.xml", "/news-sitemap.xml")
NOTICE = "We have withdrawn this story, because its main claim was wrong."


def test_an_editor_withdraws_a_story_and_every_exit_says_that_it_is_gone(site: Any, worker: Any) -> None:
    editor = person("editor")
    shown = make.published_story(
        headline="The gates are sold",
        at=timezone.now(),
        lead_image=pictures.image_placement(pictures.asset(made=False)),
    )
    block = f'<div data-block="related" data-id="{make.related_placement(shown).pk}"></div>'
    other = make.published_story(headline="The walls stay", body=f"<p>Read on.</p>{block}", at=timezone.now())
    reader = site.page(width=390, height=844)
    reader.goto(shown.path)
    expect(reader.get_by_role("heading", level=1)).to_have_text("The gates are sold")
    lists = (*LISTS, sitemaps.parts(timezone.now())[0].path)
    for address in (*lists, other.path):  # each is kept now, as it is
        assert shown.slug in reader.request.get(address).text(), address

    window = site.page(editor)
    window.goto(f"/desk/stories/{shown.pk}/history/")
    window.get_by_role("link", name="Withdraw", exact=True).click()
    window.get_by_label("Why").fill("The buyer does not exist.")
    window.get_by_label("Notice to readers").fill("They said “sold”.")
    window.get_by_role("button", name="Withdraw").click()
    field = window.get_by_label("Notice to readers")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_value("They said “sold”.")
    expect(window.get_by_label("Why")).to_have_value("The buyer does not exist.")
    look_over(window, "withdraw-refused")
    field.fill(NOTICE)
    window.get_by_role("button", name="Withdraw").click()
    window.wait_for_url("**/receipts/")
    exits = Receipt.objects.filter(story=shown).count()
    expect(window.locator("#receipts .big")).to_have_text(f"{exits} of {exits}")
    expect(window.get_by_text("exits have answered: it has left them")).to_be_visible()
    assert window.locator("#receipts tbody tr").count() == exits == Receipt.objects.exclude(found="").count()
    look_over(window, "receipts-in")

    for address in (*lists, other.path, "/search/?q=gates"):
        answer = reader.request.get(address)
        assert shown.slug not in answer.text(), address
    answer = reader.goto(shown.path)
    assert answer is not None
    assert answer.status == 410
    expect(reader.get_by_text(NOTICE)).to_be_visible()
    window.goto("/desk/stories/?stands=withdrawn")
    window.get_by_role("link", name="The gates are sold").click()
    expect(window.get_by_text("The buyer does not exist.").first).to_be_visible()
    until(lambda: not Receipt.objects.filter(acknowledged_at=None).exists(), "no receipt is left open")
    assert not site.complaints

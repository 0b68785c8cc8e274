"""The Preview tab, and how a story looks elsewhere, in Chromium on the real site."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import expect

from tests.browser import Site, look_over, until
from tests.factories import media_assets as pictures
from tests.writing.conftest import Desk, make_desk
from tests.writing.screen import caret_at_end, open_desk

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_preview_follows_what_is_typed(site: Site) -> None:
    desk = make_desk(lead_image=pictures.image_placement(), body="<p>A line of the story.</p>" * 30)
    page = open_desk(site, desk)
    page.get_by_role("tab", name="Preview").click()
    frame = page.frame_locator("#preview-frame iframe")
    expect(frame.get_by_role("heading", level=1)).to_have_text(desk.head.headline)
    inside = next(one for one in page.frames if "/preview/" in one.url)
    assert inside.evaluate("innerWidth") == 390
    page.get_by_role("button", name="Desktop").click()
    until(lambda: inside.evaluate("innerWidth") == 1280, "as wide as a desktop", seconds=5)
    inside.evaluate("scrollTo(0, 300)")
    caret_at_end(page)
    page.keyboard.type(" And the bells rang.")
    expect(frame.get_by_text("And the bells rang.")).to_be_visible(timeout=15_000)
    until(lambda: inside.evaluate("scrollY") == 300, "where it was read", seconds=5)
    assert page.locator(".rail").bounding_box()["width"] > 400
    look_over(page, "writing-preview")
    page.get_by_role("tab", name="Story", exact=True).click()
    assert page.locator(".rail").bounding_box()["width"] < 420

    # On a phone it lies over the text, and the way to the other tabs stays.
    page.set_viewport_size({"width": 390, "height": 844})
    page.get_by_role("tab", name="Preview").click()
    expect(page.get_by_role("tabpanel", name="Preview")).to_be_visible()
    page.get_by_role("tab", name="Story", exact=True).click()
    expect(page.get_by_role("tabpanel", name="Story")).to_be_visible()
    assert not site.complaints


def test_how_it_looks_elsewhere_while_it_is_typed(site: Site) -> None:
    desk = make_desk(lead_image=pictures.image_placement())
    page = open_desk(site, desk)
    search, social = page.locator(".face-search"), page.locator(".face-social")
    expect(search.locator(".title")).to_have_text(desk.head.headline)
    expect(social.locator("img")).to_be_visible()
    page.get_by_label("Search title").fill("Harbour walk: " + "a very long title that goes on " * 4)
    expect(search.locator(".title")).to_have_text("Harbour walk: a very long title that goes on a very long …")
    page.get_by_label("Standfirst", exact=True).fill("Tea <b>by</b> the water")
    expect(social.locator(".said")).to_have_text("Tea <b>by</b> the water")
    look_over(page, "writing-faces")
    assert not site.complaints


def test_only_the_desk_frames_a_preview(client: Client, desk: Desk) -> None:
    client.force_login(desk.alice)
    shown: Any = client.get(f"{desk.url}preview/")
    assert "frame-ancestors 'self'" in shown["Content-Security-Policy"]
    assert shown["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'none'" in client.get(desk.url)["Content-Security-Policy"]

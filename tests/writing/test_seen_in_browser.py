"""A move acts on words that its person has seen: a colleague's that came meanwhile want another press. In Chromium, on
the real site."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import expect

from articles import drafts, workflow
from articles.models import Draft, Story
from tests.browser import Site, look_over, until
from tests.factories import media_assets as pictures
from tests.writing.conftest import AT, Desk, make_desk
from tests.writing.screen import body, open_desk
from tests.writing.test_together_in_browser import THREE, into

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LONG = THREE + "".join(f"\n<p>{'A line about the weather on the river. ' * 8}{n}.</p>" for n in range(12))


def in_review(body: str) -> Desk:
    desk = make_desk(body=body, lead_image=pictures.image_placement())
    workflow.submit(draft=desk.draft, person=desk.alice, expected_version=desk.draft.version, at=AT)
    return desk


def she_saves(desk: Desk, before: str, after: str) -> None:
    words = drafts.content_of(desk.head)
    assert before in words.body
    drafts.save(
        desk.draft.pk,
        person=desk.alice,
        expected_version=desk.draft.version,
        content=replace(words, body=words.body.replace(before, after)),
        at=AT,
    )


def look_around(page: Any) -> None:
    """Ask at once who is here and how far the draft has come, as a page does when it comes into sight."""
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def test_unseen_words_are_neither_approved_nor_published_in_one_press(site: Site) -> None:
    # Something of his own is unsaved: the press saves, and the answer brings hers, far below what he reads.
    desk = in_review(LONG)
    his = open_desk(site, desk, desk.bob)
    she_saves(desk, "river. 11.", "river. Nobody is named here. 11.")
    into(his, "gates")
    his.keyboard.type(" His.")
    approve = his.get_by_role("button", name="Approve", exact=True)
    approve.click()
    news = his.locator("#news")
    expect(news).to_contain_text("Not sent: Alice Ashdown changed this text.")
    expect(news).to_contain_text("Paragraph 15")
    expect(news).to_contain_text("… about the weather on the river. Nobody is named here. 11.")
    assert desk.draft.standing == Draft.Standing.IN_REVIEW
    assert "Nobody is named here" in body(his)
    news.get_by_role("button", name="Show it in the text").click()
    until(lambda: his.evaluate("scrollY") > 300, "it is shown", seconds=10)
    look_over(his, "writing-news")
    approve.click()
    until(lambda: desk.draft.standing == Draft.Standing.APPROVED, "approved at the second press")
    assert desk.draft.approved_revision == desk.head
    assert "His." in desk.head.body
    assert "Nobody is named here" in desk.head.body

    # With the move's dialog open, nothing tells them apart but the dialog itself.
    desk = in_review(LONG)
    his.goto(desk.url)
    his.wait_for_selector("html[data-writing=ready]")
    his.locator(".top .menu summary").click()
    his.get_by_role("button", name="Emergency publish").click()
    dialog = his.locator("#move-emergency-publish")
    dialog.get_by_label("Why it cannot wait").fill("The palace is closing the gates.")
    named = dialog.locator("[data-version]").input_value()
    she_saves(desk, "<p>Then the rain came.</p>", "")
    she_saves(desk, "at nine", "at eight")
    look_around(his)
    expect(dialog).to_contain_text("Alice Ashdown changed this text while this was open.")
    expect(dialog).to_contain_text("Paragraph 1: The gates opened at eight.")
    expect(dialog).to_contain_text("Taken out: Then the rain came.")
    assert dialog.locator("[data-version]").input_value() == named, "the version of what he has seen"
    look_over(his, "writing-news-dialog")
    send = dialog.get_by_role("button", name="Emergency publish")
    send.click()
    expect(dialog).to_contain_text("Not sent")
    assert Story.objects.get(pk=desk.story.pk).readers == Story.Readers.NOTHING
    send.click()
    until(lambda: Story.objects.get(pk=desk.story.pk).readers == Story.Readers.PUBLISHED, "published")
    assert "at eight" in desk.head.body

    # What stood before his eyes, marked, wants no other press.
    desk = in_review(THREE)
    his.goto(desk.url)
    his.wait_for_selector("html[data-writing=ready]")
    she_saves(desk, "at nine", "at eight")
    look_around(his)
    expect(his.locator("#came .tag")).to_have_text("Alice")
    version = his.locator(".top .moves > form [data-version]")
    expect(version).to_have_value(str(desk.draft.version))
    expect(his.locator("#came .at")).to_have_count(0, timeout=30_000)
    approve.click()
    until(lambda: desk.draft.standing == Draft.Standing.APPROVED, "approved at the first press")
    assert not site.complaints

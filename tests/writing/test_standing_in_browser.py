"""A draft that is approved, sent back or published while pages of it are open, and words that were typed meanwhile. In
Chromium, on the real site."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from articles import drafts, workflow
from articles.models import Draft
from tests.browser import Site, look_over, until
from tests.factories import media_assets as pictures
from tests.factories.articles import published_story
from tests.writing.conftest import AT, Desk, make_desk
from tests.writing.screen import body, caret_at_end, open_desk
from tests.writing.test_local_in_browser import copies, type_unsaved
from tests.writing.test_seen_in_browser import look_around
from tests.writing.test_together_in_browser import THREE, into

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def move(desk: Desk, who: Any, name: str, **answers: str) -> None:
    draft = desk.draft
    workflow.take(name, subject=draft, person=who, expected_version=draft.version, at=AT, **answers)


def test_approved_sent_back_and_published_under_an_open_page(site: Site) -> None:
    desk = make_desk(body=THREE, lead_image=pictures.image_placement())
    hers = open_desk(site, desk)
    trouble, state, said = hers.locator("#trouble"), hers.locator("#saved"), hers.locator("#standing-said")
    move(desk, desk.alice, "submit")
    move(desk, desk.bob, "approve")
    look_around(hers)
    expect(said).to_contain_text("Bob Barrow approved this draft")
    expect(hers.locator('[data-fragment="standing"]')).to_contain_text("Approved")
    expect(trouble).to_be_empty()
    expect(state).to_have_attribute("data-state", "saved")
    assert desk.draft.standing == Draft.Standing.APPROVED

    # She types on, which asks first; he sends it back, and nothing has to be pressed.
    hers.get_by_role("tab", name="Preview").click()
    preview = hers.locator("#preview-said")
    expect(preview).to_contain_text("It follows each save")
    into(hers, "rain")
    hers.keyboard.type(" And went.")
    expect(trouble).to_contain_text("Bob Barrow approved this draft", timeout=15_000)
    expect(preview).to_contain_text("What you typed last is not in it")
    look_over(hers, "writing-held")
    move(desk, desk.bob, "request-changes", reason="Name the river.")
    look_around(hers)
    until(lambda: "And went." in desk.head.body, "saved by itself", seconds=15)
    expect(trouble).to_be_empty()
    expect(said).to_be_empty()
    expect(preview).to_contain_text("It follows each save")
    hers.keyboard.type(" And came.")
    until(lambda: "And came." in desk.head.body, "and it goes on", seconds=15)
    until(lambda: not hers.evaluate("writing.dirty()"), "saved", seconds=15)

    # Published while he has words that no save got through with, and she none.
    his = open_desk(site, desk, desk.bob)
    type_unsaved(his, " Of Bob.")
    closed = desk.draft.pk
    for who, name in ((desk.alice, "submit"), (desk.bob, "approve"), (desk.bob, "publish")):
        move(desk, who, name)
    look_around(hers)
    expect(said).to_contain_text("This draft is closed.")
    expect(said.get_by_role("button", name="Write an update")).to_be_visible()
    expect(hers.locator("#save")).to_be_hidden()
    expect(hers.locator('[data-fragment="standing"]')).to_contain_text("Closed")
    expect(hers.get_by_role("button", name="Submit for review")).to_have_count(0)
    expect(trouble).to_be_empty()
    assert hers.evaluate("writing.editor.readOnly")
    assert hers.evaluate("writing.save()") is False, "nothing is claimed to be saved"
    look_over(hers, "writing-closed-meanwhile")
    his.unroute("**/save/")
    look_around(his)
    alarm = his.locator("#trouble")
    expect(alarm).to_contain_text("Not saved: this draft was closed meanwhile.", timeout=15_000)
    look_over(his, "writing-closed-unsaved")
    alarm.get_by_role("button", name="Write an update").click()
    his.wait_for_url("**?draft=*")
    his.wait_for_selector("html[data-writing=ready]")
    his.get_by_role("button", name="Look at it").click()
    his.get_by_role("button", name="Put it back into the form").click()
    update = Draft.objects.exclude(pk=closed).select_related("head")
    until(lambda: "Of Bob." in update.get().head.body, "his words are in the update", seconds=20)
    assert "And came." in update.get().head.body
    assert not site.complaints


def test_words_of_a_correction_that_was_published_are_led_into_the_update(site: Site) -> None:
    people = make_desk()
    story = published_story(owner=people.alice, body=THREE, lead_image=pictures.image_placement())
    correction = drafts.open_again(story, people.alice, at=AT, kind=Draft.Kind.CORRECTION)
    here = f"/desk/stories/{story.pk}/"
    page = site.page(people.alice)
    page.goto(f"{here}?draft={correction.pk}")
    page.wait_for_selector("html[data-writing=ready]")
    type_unsaved(page, " Never sent.")
    context = page.context
    page.close(run_before_unload=False)
    Draft.objects.filter(pk=correction.pk).update(standing=Draft.Standing.CLOSED)

    page = context.new_page()
    page.goto(f"{here}?draft={correction.pk}")
    page.wait_for_selector("html[data-writing=ready]")
    page.get_by_role("button", name="Look at it").click()
    dialog = page.locator("#local-dialog")
    expect(dialog).to_contain_text("This draft is closed and takes nothing in any more.")
    assert "Never sent." in dialog.get_by_label("Your kept text").input_value()
    expect(dialog.get_by_role("button", name="Put it back into the form")).to_be_hidden()
    look_over(page, "writing-kept-closed")
    dialog.get_by_role("button", name="Write an update").click()
    page.wait_for_url(lambda url: "draft=" in url and not url.endswith(f"draft={correction.pk}"))
    page.wait_for_selector("html[data-writing=ready]")
    assert "Never sent." not in body(page)
    page.get_by_role("button", name="Look at it").click()
    page.get_by_role("button", name="Put it back into the form").click()
    update = Draft.objects.select_related("head").exclude(standing=Draft.Standing.CLOSED)
    until(lambda: "Never sent." in update.get(story=story).head.body, "the words are in the update", seconds=20)
    until(lambda: copies(page) == [], "nothing is left over", seconds=10)
    caret_at_end(page)
    assert not site.complaints

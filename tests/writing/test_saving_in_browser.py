"""How the writing screen saves, and keeps what could not be saved, in Chromium, on the real site."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import expect

from articles.models import Revision
from tests.browser import Site, until
from tests.writing.conftest import make_desk
from tests.writing.screen import body, caret_at_end, open_desk, save

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_signed_out_save_keeps_the_text_and_goes_on_after_signing_in(site: Site) -> None:
    desk = make_desk()
    page = open_desk(site, desk)
    page.context.clear_cookies()
    caret_at_end(page)
    page.keyboard.type(" Still here.")
    page.keyboard.press("Control+s")
    alarm = page.locator("#trouble")
    expect(alarm).to_contain_text("you are signed out")
    assert "Still here." in body(page)
    assert alarm.get_by_role("link", name="Sign in in a new tab").get_attribute("target") == "_blank"
    kept = page.evaluate("Object.entries(localStorage).find(([key]) => key.startsWith('writing:'))[1]")
    assert "Still here." in json.loads(kept)["fields"]["body"]
    site.sign_in(page.context, desk.alice)
    other = page.context.new_page()
    other.goto(desk.url)  # as the new tab would: a new session brings a new token
    other.close()
    alarm.get_by_role("button", name="Save again").click()
    expect(page.locator("#saved")).to_have_attribute("data-state", "saved")
    assert "Still here." in desk.head.body


def test_text_kept_in_the_browser_is_offered_back(site: Site) -> None:
    desk = make_desk()
    page = open_desk(site, desk)
    caret_at_end(page)
    page.keyboard.type(" Never saved.")
    until(
        lambda: page.evaluate("Object.keys(localStorage).some((key) => key.startsWith('writing:'))"), "kept", seconds=10
    )
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    page.wait_for_selector("html[data-writing=ready]")
    assert "Never saved." not in body(page)
    page.get_by_role("button", name="Look at it").click()
    page.get_by_role("button", name="Put it back into the form").click()
    until(lambda: "Never saved." in body(page), "it is back", seconds=10)
    save(page)
    assert desk.head.body.endswith("Never saved.</p>")


def test_refused_beside_the_field(site: Site) -> None:
    desk = make_desk()
    page = open_desk(site, desk)
    page.get_by_label("Standfirst", exact=True).fill("x" * 1001)
    page.keyboard.press("Control+s")
    expect(page.locator("#standfirst-error")).to_contain_text("Keep the standfirst to 1000 characters")
    assert page.get_by_label("Standfirst", exact=True).get_attribute("aria-invalid") == "true"
    assert len(page.get_by_label("Standfirst", exact=True).input_value()) == 1001
    page.get_by_label("Standfirst", exact=True).fill("Short")
    save(page)
    expect(page.locator("#standfirst-error")).to_be_hidden()
    assert page.locator("#trouble").inner_text() == ""


def test_a_shrinking_text_is_asked_about(site: Site) -> None:
    desk = make_desk(body="".join(f"<p>{'word ' * 20}{n}</p>" for n in range(8)))
    page = open_desk(site, desk)
    page.locator(".body").click()
    page.keyboard.press("Control+a")
    page.keyboard.type("Gone")
    page.keyboard.press("Control+s")
    dialog = page.locator("#shrink-dialog")
    expect(dialog).to_contain_text("168 words")
    dialog.get_by_role("button", name="Keep the saved text for now").click()
    assert desk.head.number == 1
    assert "Gone" in body(page)
    page.keyboard.press("Control+s")
    dialog.get_by_role("button", name="Save the shorter text").click()
    expect(page.locator("#saved")).to_have_attribute("data-state", "saved")
    assert desk.head.body == "<p>Gone</p>"


def test_a_move_saves_first_and_acts_on_what_was_saved(site: Site) -> None:
    desk = make_desk()
    page = open_desk(site, desk)
    caret_at_end(page)
    page.keyboard.type(" Last words.")
    page.get_by_role("button", name="Submit for review").click()
    until(lambda: desk.draft.standing == "in_review", "it is submitted")
    assert desk.head.body.endswith("Last words.</p>")

    page = open_desk(site, desk, desk.bob)
    page.locator(".top .menu summary").click()
    page.get_by_role("button", name="Request changes").click()
    page.get_by_label("What should change").fill("Name the harbour.")
    page.locator("#move-request-changes").get_by_role("button", name="Request changes").click()
    until(lambda: desk.draft.standing == "changes_requested", "changes are requested")
    assert not site.complaints


def test_the_story_tab_is_saved_by_itself(site: Site) -> None:
    desk = make_desk()
    page = open_desk(site, desk)
    caret_at_end(page)
    page.keyboard.type(" Unsaved.")
    page.get_by_role("textbox", name="Address").fill("Not an address")
    page.get_by_role("button", name="Save the details").click()
    expect(page.locator("#rail-story .error").first).to_be_visible()
    page.get_by_role("textbox", name="Address").fill("harbour")
    page.get_by_role("button", name="Save the details").click()
    expect(page.get_by_text("Details saved")).to_be_visible()
    desk.story.refresh_from_db()
    assert desk.story.slug == "harbour"
    assert "Unsaved." in body(page)
    save(page)


def test_the_address_follows_the_headline_until_somebody_types_one(site: Site) -> None:
    desk = make_desk()
    page = open_desk(site, desk)
    address = page.get_by_role("textbox", name="Address")
    page.get_by_role("textbox", name="Headline", exact=True).fill("The harbour walk")
    save(page)
    expect(address).to_have_value("the-harbour-walk")
    address.fill("by-hand")
    page.get_by_role("textbox", name="Headline", exact=True).fill("The end of the walk")
    save(page)
    expect(address).to_have_value("by-hand")  # typed, not saved yet: no answer takes it away
    page.get_by_role("button", name="Save the details").click()
    expect(page.get_by_text("Details saved")).to_be_visible()
    page.get_by_role("textbox", name="Headline", exact=True).fill("A third headline")
    save(page)
    expect(address).to_have_value("by-hand")
    desk.story.refresh_from_db()
    assert desk.story.slug == "by-hand"
    assert not site.complaints


def test_without_javascript_the_text_is_saved_as_html(site: Site) -> None:
    desk = make_desk()
    page = site.page(desk.alice, java_script_enabled=False)
    page.goto(desk.url)
    page.locator("#id_body").fill("<p>Typed by hand.</p>")
    page.locator("#save").click()
    until(lambda: Revision.objects.filter(draft=desk.draft).count() == 2, "it is saved")
    assert desk.head.body == "<p>Typed by hand.</p>"

"""What is typed into the desk's forms and not sent yet survives a reload and a sign-out. In Chromium, on the real site."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import expect

from articles.models import Complaint, Note
from tests.browser import Site, look_over, until
from tests.factories import articles as stories
from tests.factories.accounts import person
from tests.writing.conftest import make_desk

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

KEPT = "Object.entries(localStorage).filter(([key]) => key.startsWith('kept:')).map(([, kept]) => kept).join()"


def kept(page: Any, words: str) -> None:
    until(lambda: words in page.evaluate(KEPT), f"kept: {words}", seconds=10)


def reload(page: Any) -> None:
    page.reload()
    page.wait_for_selector("html[data-writing=ready]")


def test_beside_the_text(site: Site) -> None:
    desk = make_desk()
    type(desk.draft).objects.update(standing="in_review")
    page = site.page(desk.bob)
    page.goto(desk.url)
    page.wait_for_selector("html[data-writing=ready]")
    page.get_by_role("textbox", name="Address").fill("harbour-walk")
    page.get_by_role("tab", name="Notes").click()
    note = page.locator("#note-words")
    note.fill("Who opened the gates?")
    page.locator(".top .menu summary").click()
    page.get_by_role("button", name="Request changes").click()
    reason = page.get_by_label("What should change")
    reason.fill("Name the harbour.")
    for words in ("harbour-walk", "Who opened", "Name the harbour"):
        kept(page, words)
    reload(page)
    expect(page.get_by_role("textbox", name="Address")).to_have_value("harbour-walk")
    page.get_by_role("tab", name="Notes").click()
    expect(note).to_have_value("Who opened the gates?")
    expect(page.locator("#rail-notes .put-back")).to_contain_text("did not send is back")
    look_over(page, "keep-note")

    # Kept on the desk: gone from the browser, and nothing else with it.
    page.get_by_role("button", name="Keep the note").click()
    until(lambda: Note.objects.filter(entries__words="Who opened the gates?").exists(), "the note is there")
    until(lambda: "Who opened" not in page.evaluate(KEPT), "sent", seconds=10)
    reload(page)
    expect(note).to_have_value("")
    page.locator("#story-form").get_by_role("button", name="Throw it away").click()
    expect(page.get_by_role("textbox", name="Address")).not_to_have_value("harbour-walk")
    page.locator(".top .menu summary").click()
    page.get_by_role("button", name="Request changes").click()
    expect(reason).to_have_value("Name the harbour.")
    page.locator("#move-request-changes").get_by_role("button", name="Request changes").click()
    until(lambda: desk.draft.standing == "changes_requested", "changes are requested")
    page.wait_for_selector(".toast.success")
    assert page.evaluate(KEPT) == ""
    assert not site.complaints


def test_an_answer_to_a_complaint_after_a_sign_out(site: Site) -> None:
    bob = person("editor")
    one = stories.complaint(contact="reader@example.org")
    page = site.page(bob)
    address = f"/desk/complaints/{one.pk}/"
    page.goto(address)
    answer = page.get_by_label("Your answer to reader@example.org")
    answer.fill("Thank you. It was nine, and the story says so now.")
    page.get_by_role("textbox", name="What was found").fill("Nine, says the palace.")
    kept(page, "the palace")
    page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    page.get_by_role("button", name="Send the answer").click()
    page.wait_for_url("**/desk/sign-in/**")
    # Meanwhile a colleague has written what was found: that stands, and his own words beside it.
    Complaint.objects.filter(pk=one.pk).update(outcome="Half past eight.")
    site.sign_in(page.context, bob)
    page.goto(address)
    expect(answer).to_have_value("Thank you. It was nine, and the story says so now.")
    expect(page.get_by_role("textbox", name="What was found")).to_have_value("Half past eight.")
    expect(page.locator("#handling .put-back")).to_contain_text("What was found: Nine, says the palace.")
    look_over(page, "keep-complaint")
    page.get_by_role("button", name="Send the answer").click()
    page.wait_for_selector(".toast.success")
    assert "It was nine" not in page.evaluate(KEPT)
    assert "the palace" in page.evaluate(KEPT)
    expect(answer).to_have_value("")
    assert not site.complaints

"""What is typed into the desk's forms and not sent yet survives a reload and a sign-out. In Chromium, on the real site."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import expect

from articles.models import Complaint, Note
from tests.browser import Site, glance, look_over, until
from tests.factories import articles as stories
from tests.factories import media_assets as pictures
from tests.factories import newsletters
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


def test_forms_of_every_room_after_a_sign_out(site: Site) -> None:
    """Products, pictures, newsletters, sources, live posts and reviews: typed, not sent, signed out, and there again."""
    bob = person("editor", "picture_editor", "marketing", name="Bob Barrow")
    live = stories.published_story(headline="As it happens", live=True, at=timezone.now() - timedelta(minutes=50))
    review = stories.review(live)
    source, product = stories.source("Ann Hale"), stories.product("Straw hat")
    picture, issue = pictures.asset(made=False), newsletters.issue()
    typed = (
        (f"/desk/sources/{source.pk}/edit/", "Link", "https://palace.example/ann"),
        (f"/desk/sources/{source.pk}/", "What was said", "The gates were open"),
        (f"/desk/products/{product.pk}/", "Maker", "Hatters of Hove"),
        (f"/desk/pictures/{picture.pk}/", "Caption", "The gates at nine"),
        (f"/desk/newsletters/issues/{issue.pk}/", "Subject", "A visit, and a hat"),
        ("/desk/reviews/", "A note", "Read on the train."),
        ("/desk/stories/", "Live post: As it happens", "The car has left."),
    )
    page = site.page(bob)

    def field(label: str) -> Any:
        return page.locator("textarea, input:not([type=radio])").and_(page.get_by_label(label)).first

    for address, label, words in typed:
        page.goto(address)
        field(label).fill(words)
        kept(page, words)
    # A note on a source may say by mistake who somebody is: it stays in no browser.
    page.goto(typed[0][0])
    field("Note for the desk").fill("It was the gardener")
    field("Name").fill("Anne Hale")
    kept(page, "Anne Hale")
    assert "gardener" not in page.evaluate(KEPT)

    # The network is gone in the moment of a press, then the session.
    page.goto("/desk/stories/")
    page.context.set_offline(True)
    page.get_by_role("button", name="Post to As it happens").click()
    expect(page.get_by_text("Not posted: no connection.")).to_be_visible()
    page.context.set_offline(False)
    page.goto(typed[2][0])
    page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    page.locator("form", has=page.get_by_label("Maker")).get_by_role("button", name="Save").click()
    page.wait_for_url("**/desk/sign-in/**")
    site.sign_in(page.context, bob)
    for address, label, words in typed:
        page.goto(address)
        expect(field(label)).to_have_value(words)
    glance(page, "keep-board")

    # Sent, they are gone: with a "done", and where a press saves without one.
    page.goto(typed[4][0])
    glance(page, "keep-issue")
    page.get_by_role("button", name="Find", exact=True).click()
    page.wait_for_url("**#pick")
    expect(page.locator(".put-back")).to_have_count(0)
    assert "A visit, and a hat" not in page.evaluate(KEPT)
    assert type(issue).objects.get().subject == "A visit, and a hat"
    for address, label, words in (typed[3], typed[5]):
        page.goto(address)
        field(label).evaluate("one => one.form.requestSubmit()")
        page.wait_for_selector(".toast.success")
        assert words not in page.evaluate(KEPT)
    assert type(review).objects.get().closed_at is not None
    assert not site.complaints

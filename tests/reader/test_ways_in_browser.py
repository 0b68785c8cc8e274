"""Readers without a mouse and readers without scripts come as far as everybody."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from newsletters.models import SignUp, Subscriber, Subscription
from newsroom.mail.models import Letter
from newsroom.outbox import relay
from tests.browser import until
from tests.browser.looking import RINGED
from tests.factories import newsletters as letters
from tests.reader import public

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WHERE = "() => document.activeElement.outerHTML.slice(0, 120)"


def tab_to(page: Any, wanted: str, *, most: int = 80) -> int:
    """Press Tab until what is wanted has the focus, which must be seen at each step; returns how often."""
    for pressed in range(1, most + 1):
        page.keyboard.press("Tab")
        assert page.evaluate(RINGED), f"the focus is not seen: {page.evaluate(WHERE)}"
        if page.evaluate("wanted => document.activeElement.matches(wanted)", wanted):
            return pressed
    raise AssertionError(f"{most} tabs lead to no {wanted}, but to {page.evaluate(WHERE)}")


def test_keys_alone_lead_from_the_front_page_to_a_sign_up(site: Any) -> None:
    newsletter = letters.newsletter(name="The Long Walk letter", slug="the-letter")
    public.publication()
    story = public.story(timezone.now(), newsletter, others=4)
    page = site.page()
    page.goto("/")
    assert tab_to(page, ".skip") == 1, "the way past the menu comes first"
    page.keyboard.press("Enter")
    tab_to(page, f"main a[href='{story.path}']", most=12)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{story.path}")

    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the story"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")
    tab_to(page, "[data-sign-up] input[type=email]")
    page.keyboard.type("ann@example")
    tab_to(page, "[data-sign-up] input[type=checkbox]", most=3)
    page.keyboard.press("Space")
    page.keyboard.press("Enter")  # a form is sent from any of its fields
    page.wait_for_selector("[aria-invalid=true]")
    assert page.evaluate("document.activeElement.type") == "email", "who must mend something is there already"
    assert page.evaluate(RINGED)
    page.keyboard.press("End")
    page.keyboard.type(".org")
    tab_to(page, "[data-sign-up] button", most=6)
    page.keyboard.press("Enter")
    page.locator("[data-told]").get_by_role("heading", name="Check your mail").wait_for()
    assert [(one.address, one.ticks.count()) for one in SignUp.objects.all()] == [("ann@example.org", 1)]

    # From there on to the foot, and nothing on the way holds the focus back.
    tab_to(page, "footer.foot li:last-child a")
    site.complaints[:] = [said for said in site.complaints if "422" not in said]
    assert not site.complaints


def test_without_scripts_a_sign_up_goes_from_the_story_s_box_to_confirmed_and_out_again(site: Any) -> None:
    newsletter = letters.newsletter(name="The Long Walk letter", slug="the-letter")
    public.publication()
    story = public.story(timezone.now(), newsletter, others=4)
    page = site.page(java_script_enabled=False, width=390)
    page.goto(story.path)
    box = page.locator(".newsletter").first
    assert [tick.is_checked() for tick in box.get_by_role("checkbox").all()] == [False, False]
    box.get_by_role("button", name="Sign up").click()
    assert page.url.endswith(story.path), "the browser itself asks for the address"
    box.get_by_label("Email address").fill("ann@example")  # for a browser this is one
    box.get_by_label(letters.BRANDS).check()
    box.get_by_role("button", name="Sign up").click()
    page.wait_for_url("**/sign-up/")
    assert page.get_by_label("Email address").input_value() == "ann@example"
    assert page.get_by_label(letters.BRANDS).is_checked()
    page.get_by_label("Email address").fill("ann@example.org")
    page.get_by_role("button", name="Sign up").click()
    page.wait_for_url("**/check-your-mail/")
    assert page.get_by_role("heading", name="Check your mail").is_visible()
    assert not Subscription.objects.exists()

    relay()
    link = Letter.objects.get().text.split("/newsletters/confirm/")[1].split()[0]
    page.goto(f"/newsletters/confirm/{link}")
    assert not Subscriber.objects.exists(), "opening the link alone confirms nothing"
    page.get_by_role("button", name="Confirm my sign-up").click()
    until(lambda: Subscription.objects.filter(newsletter=newsletter, state="active").exists(), "it is confirmed")
    assert page.get_by_role("heading").first.is_visible()
    form = SignUp.objects.get().form
    assert form.startswith("story-box:")
    assert set(Subscriber.objects.get().receipts.values_list("form", "page_path")) == {(form, story.path)}
    assert not site.complaints

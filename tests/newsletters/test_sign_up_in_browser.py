"""Signing up answers in place, and says the same as the page that answers without scripts."""

from __future__ import annotations

from typing import Any

import pytest

from newsletters import guard
from newsletters.models import SignUp
from tests.browser import until
from tests.factories import articles
from tests.factories import newsletters as made

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_sign_up_answers_where_the_form_stood(site: Any) -> None:
    newsletter = made.newsletter(name="The Letter")
    filler = "".join(f"<p>{'The queue went round the corner. ' * 8}</p>" for _ in range(8))
    body = f'{filler}<div data-block="newsletter" data-id="{made.box(newsletter).pk}"></div>{filler}'
    story = articles.published_story(body=body)
    page = site.page(width=390)
    page.add_init_script(
        "window.shifted = 0; new PerformanceObserver(list => list.getEntries().forEach(one => { if (!one.hadRecentInput) shifted += one.value; }))"
        ".observe({type: 'layout-shift', buffered: true})"
    )
    page.goto(story.path, wait_until="networkidle")
    form = page.locator("[data-sign-up]")
    email = form.get_by_label("Email address")
    assert [box.is_checked() for box in form.get_by_role("checkbox").all()] == [False, False]

    assert page.evaluate("shifted") < 0.01, "while the page came up"

    # A slip: said beside the field, everything typed is still there, and it is the field that has the focus.
    email.fill("alice@example")
    form.get_by_label(made.BRANDS).check()
    form.get_by_role("button", name="Sign up").click()
    wrong = form.locator(".field-error")
    wrong.wait_for()
    assert email.input_value() == "alice@example"
    assert email.get_attribute("aria-invalid") == "true"
    assert email.get_attribute("aria-describedby") == wrong.get_attribute("id")
    assert form.get_by_label(made.BRANDS).is_checked()
    assert not form.get_by_label(made.PARTNERS).is_checked()
    assert email.evaluate("field => document.activeElement === field")
    assert page.url.endswith(story.path)

    # The network goes: nothing is lost, and the same press works again.
    email.fill("alice@example.org")
    page.route("**/sign-up/", lambda route: route.abort())
    form.get_by_role("button", name="Sign up").click()
    form.get_by_text("That did not reach us.").wait_for()
    assert email.input_value() == "alice@example.org"
    assert email.get_attribute("aria-invalid") is None
    page.unroute("**/sign-up/")

    # Pressed twice in one breath, it is one sign-up; the answer stands where the form stood.
    below = page.locator(".newsletter ~ p").first
    # A slip's sentence takes room below its field: late, on a slow line, that is counted as a shift. The answer takes none.
    page.evaluate("shifted = 0")
    before = below.evaluate("one => one.getBoundingClientRect().top")
    form.get_by_role("button", name="Sign up").evaluate("button => { button.click(); button.click(); }")
    told = page.locator("[data-told]")
    told.get_by_role("heading", name="Check your mail").wait_for()
    assert not form.count()
    assert abs(below.evaluate("one => one.getBoundingClientRect().top") - before) < 1
    assert told.evaluate("one => document.activeElement === one")
    sign_up = SignUp.objects.get()
    assert (sign_up.address, sign_up.page_path, sign_up.form) == (
        "alice@example.org",
        story.path,
        f"story-box:{sign_up.placement_id}",
    )
    assert [tick.text for tick in sign_up.ticks.all()] == [made.BRANDS]
    assert page.evaluate("shifted") < 0.01

    # The very words of the page without scripts, for somebody known as for somebody unknown (promise 21).
    words = told.inner_text().split()
    page.goto(f"/newsletters/{newsletter.slug}/check-your-mail/")
    whole = page.locator("main").inner_text().split()
    assert " ".join(words) in " ".join(whole)
    made.subscriber(newsletter, address="known@example.org")
    page.goto(story.path)
    page.locator("[data-sign-up]").get_by_label("Email address").fill("known@example.org")
    until(lambda: page.evaluate("performance.now()") > guard.HASTY, "nobody is sooner: that is a robot's form")
    page.keyboard.press("Enter")
    page.locator("[data-told]").get_by_role("heading").first.wait_for()
    assert page.locator("[data-told]").inner_text().split() == words
    until(lambda: SignUp.objects.count() == 2, "the second has come")
    site.complaints[:] = [said for said in site.complaints if "422" not in said and "ERR_FAILED" not in said]
    assert not site.complaints

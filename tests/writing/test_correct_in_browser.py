"""A quick correction beside a rewrite, by two people in Chromium on the real site (promise 5)."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from articles import drafts, workflow
from articles.models import Draft
from tests.browser import Site, look_over, until
from tests.factories import media_assets as pictures
from tests.factories.articles import published_story
from tests.writing.conftest import AT, make_desk
from tests.writing.screen import body, caret_at_end, save
from tests.writing.test_together_in_browser import THREE, into

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_correction_goes_out_while_a_rewrite_is_in_review(site: Site) -> None:
    people = make_desk()
    alice, bob = people.alice, people.bob
    seen = published_story(owner=alice, body=THREE, headline="Harbour walk", lead_image=pictures.image_placement())
    rewrite = drafts.open_again(seen, alice, at=AT)
    here = f"/desk/stories/{seen.pk}/"
    hers = site.page(alice)
    hers.goto(here)
    hers.wait_for_selector("html[data-writing=ready]")
    caret_at_end(hers)
    hers.keyboard.press("Enter")
    hers.keyboard.type("A whole new ending.")
    save(hers)
    hers.get_by_role("button", name="Submit for review").click()
    hers.wait_for_url("**/desk/stories/")

    # She is told of a wrong hour, and corrects that alone.
    hers.goto(here)
    hers.wait_for_selector("html[data-writing=ready]")
    hers.locator("summary", has_text="Other moves").click()
    hers.get_by_role("button", name="Quick correction").click()
    hers.wait_for_url("**?draft=*")
    hers.wait_for_selector("html[data-writing=ready]")
    assert "whole new ending" not in body(hers)
    expect(hers.get_by_role("navigation", name="Open drafts of this story").locator("[aria-current]")).to_have_text(
        "Quick correction"
    )
    into(hers, "gates")
    for _ in range(5):
        hers.keyboard.press("Backspace")
    hers.keyboard.type("eight.")
    save(hers)
    look_over(hers, "writing-correction")
    hers.get_by_role("button", name="Submit for review").click()
    hers.wait_for_url("**/desk/stories/")

    correction = Draft.objects.get(story=seen, kind="correction")
    for move, answers in (("approve", {}), ("publish", {"kind": "correction", "line": "The gates opened at eight."})):
        correction.refresh_from_db()
        workflow.take(move, subject=correction, person=bob, expected_version=correction.version, at=AT, **answers)
    reader = site.page()
    until(lambda: reader.goto(seen.path) and "opened at eight" in reader.content(), "readers see it", seconds=20)
    assert "whole new ending" not in reader.content()
    rewrite.refresh_from_db()
    assert rewrite.standing == "in_review"
    his = site.page(bob)
    his.goto(here)
    his.wait_for_selector("html[data-writing=ready]")
    assert "opened at eight" in body(his)
    assert "whole new ending" in body(his)
    assert not site.complaints

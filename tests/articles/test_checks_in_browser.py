"""What the checks found, on the writing screen: each leads to its place, an editor waives, and who presses knows first."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from articles.checks.registry import PLACES
from articles.models import CheckWaiver, Draft, MoveLog, Story
from tests.browser import look_over, until
from tests.factories import articles as make
from tests.factories import media_assets as pictures
from tests.factories.accounts import person
from tests.writing.screen import open_desk

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WHERE = """() => { const one = document.activeElement, spot = one.closest("[data-block], .body > *");
  return one.id || one.name || one.className || spot?.outerHTML.slice(0, 80) || one.tagName; }"""


class Room:
    """What ``open_desk`` needs of a desk."""

    def __init__(self, story: Story) -> None:
        self.alice = story.owner
        self.url = f"/desk/stories/{story.pk}/"


def go(window: Any, where: str) -> None:
    window.get_by_role("tab", name="Checks").click()
    if window.locator("#rail-checks").is_hidden():
        window.get_by_role("tab", name="Checks").click()
    window.locator(f'#rail-checks [data-go-to="{where}"]').first.click()


def test_each_finding_leads_to_its_place_and_one_is_waived(site: Any) -> None:
    make.topic()
    editor, alice = person("editor"), person("reporter")
    mug = make.product_placement(make.product("Mug “Keep calm”"))
    made = make.story(
        owner=alice,
        headline="",
        standfirst="x" * 320,
        kicker="He said “yes”",
        search_title="x" * 61,
        search_description="x" * 161,
        social_title="They said “perhaps”",
        social_description="They said “never”",
        body=f'<p>First words.</p><p>See <a href="/royals/never-was/">what they said</a>.</p>'
        f'<div data-block="product" data-id="{mug.pk}"></div><p>She said “no”.</p>',
    )
    Story.objects.filter(pk=made.pk).update(embargo_until=timezone.now() + timedelta(days=1))
    window = open_desk(site, Room(made), editor)
    places = {
        "headline": "id_headline",
        "kicker": "id_kicker",
        "standfirst": "id_standfirst",
        "search_title": "id_search_title",
        "search_description": "id_search_description",
        "social_title": "id_social_title",
        "social_description": "id_social_description",
        "slug": "story_slug",
        "topics": "story_topics_0",
    }
    assert set(places) | {"lead_image", "moves"} == PLACES
    for where, spot in places.items():
        go(window, where)
        until(lambda spot=spot: window.evaluate(WHERE) == spot, f"{where} has the focus")
    go(window, "lead_image")
    expect(window.locator("#lead")).to_be_in_viewport()
    go(window, f"product:{mug.pk}")
    expect(window.locator('.body [data-block="product"]')).to_be_in_viewport()
    go(window, "body:3")
    until(lambda: "She said" in window.evaluate("getSelection().anchorNode?.textContent || ''"), "the caret is there")
    go(window, "moves")
    expect(window.get_by_role("button", name="Lift the embargo")).to_be_visible()
    window.keyboard.press("Escape")

    row = window.locator("#rail-checks .check", has_text="where there is no story")
    row.get_by_text("Waive", exact=True).click()
    row.get_by_label("Why it may stand").fill("It is published with this one.")
    look_over(window, "checks-waive")
    row.get_by_role("button", name="Waive this").click()
    expect(window.locator("#rail-checks")).to_contain_text("Waived by Bob Barrow: It is published with this one.")
    assert CheckWaiver.objects.get().about == "/royals/never-was/"

    Draft.objects.filter(story=made).update(standing="in_review")
    window.goto(f"/desk/stories/{made.pk}/approve/")
    look_over(window, "approve-with-stops")
    window.locator('a[href$="#at=body:3"]').first.click()
    window.wait_for_selector("html[data-writing=ready]")
    until(lambda: "She said" in window.evaluate("getSelection().anchorNode?.textContent || ''"), "the caret is there")
    assert not site.complaints


def dialog(window: Any, name: str) -> Any:
    menu = window.locator("[data-fragment=moves] details")
    opener = window.locator(f'[data-opens="move-{name}"]')
    if not opener.first.is_visible():
        menu.locator("summary").click()
    opener.first.click()
    found = window.locator(f"#move-{name}")
    expect(found).to_be_visible()
    look_over(window, f"dialog-{name}")
    return found


def test_what_is_to_be_known_stands_before_the_button(site: Any) -> None:
    """The dialogs of moves, on a desk and a phone; a wrong answer loses nothing that was typed."""
    editor, alice = person("editor"), person("reporter")
    open_one = make.story(owner=alice, headline="The gates", body="<p>She said “no”.</p>", standfirst="What happened.")
    window = open_desk(site, Room(open_one))
    asked = dialog(window, "submit")
    expect(asked).to_contain_text("“no” is not tied to a source.")
    asked.get_by_role("button", name="Submit for review").click()
    expect(window.get_by_text("1 check is open")).to_be_visible()

    mended = make.story(owner=alice, headline="The walls", standing="in_review", body="<p>One two three four five.</p>")
    make.revision(mended.draft, author=editor, body="<p>One two three four five six.</p>")  # type: ignore[attr-defined]
    newest = mended.draft.revisions.order_by("-number")[0]  # type: ignore[attr-defined]
    Draft.objects.filter(story=mended).update(head=newest)
    window = open_desk(site, Room(mended), editor)
    dialog(window, "emergency-publish").get_by_role("button", name="Not now").click()
    dialog(window, "embargo").get_by_role("button", name="Not now").click()
    asked = dialog(window, "approve")
    expect(asked).to_contain_text("You are also an author of this")
    asked.get_by_role("button", name="Approve").click()
    until(lambda: MoveLog.objects.filter(story=mended, move="approve").exists(), "it is approved")
    assert "also an author" in MoveLog.objects.get(story=mended, move="approve").reason

    shown = make.published_story(
        owner=alice, headline="The river", lead_image=pictures.image_placement(), at=timezone.now() - timedelta(hours=8)
    )
    make.complaint(shown, wrong="The queue never reached the river. I was there with my sister all of that morning.")
    again = Draft.objects.create(
        story=shown,
        kind="main",
        standing="approved",
        head=shown.published_revision,
        base_revision=shown.published_revision,
        opened_by=alice,
        opened_at=make.AT,
        changed_at=make.AT,
        changed_by=alice,
        approved_revision=shown.published_revision,
        approved_by=editor,
    )
    newer = make.revision(again, author=alice, headline="The river, again")
    Draft.objects.filter(pk=again.pk).update(head=newer, approved_revision=newer)
    window = open_desk(site, Room(shown), editor)
    dialog(window, "schedule").get_by_role("button", name="Not now").click()
    dialog(window, "withdraw").get_by_role("button", name="Not now").click()
    asked = dialog(window, "publish")
    asked.get_by_label("What kind of change is it").select_option("minor")
    asked.get_by_label("What readers are told").fill("The queue reached the bridge.")
    asked.get_by_label("The queue never reached the river", exact=False).check()
    asked.get_by_role("button", name="Publish").click()
    window.wait_for_url("**/publish/")
    expect(window.get_by_label("What readers are told")).to_have_value("The queue reached the bridge.")
    expect(window.get_by_label("What readers are told")).to_have_attribute("aria-invalid", "true")
    assert window.get_by_label("The queue never reached the river", exact=False).is_checked()
    look_over(window, "publish-again-refused")
    window.get_by_label("What kind of change is it").select_option("correction")
    window.get_by_role("button", name="Publish").click()
    until(lambda: shown.updates.filter(kind="correction").exists(), "the correction is published")
    assert not site.complaints

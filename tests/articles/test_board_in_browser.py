"""The board in a browser: it takes in what others do, and disturbs nobody who is at work on it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from articles.models import Story
from newsroom.accounts.models import Person
from tests.articles.test_board_flags import block, picture, retaken
from tests.browser import glance, keep_picture, look_over
from tests.browser.looking import RINGED
from tests.factories import articles as make
from tests.factories.accounts import person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
AT_ONCE = "document.dispatchEvent(new Event('visibilitychange'))"


def test_the_board_refreshes_itself_and_keeps_what_one_is_doing(site: Any) -> None:
    editor = person("editor")
    alice = person("reporter")
    now = timezone.now()
    for number in range(40):
        make.story(owner=alice, headline=f"The {number}th coach", at=now - timedelta(minutes=90 - number))
    make.published_story(owner=alice, headline="As it happens", live=True, at=now - timedelta(minutes=50))
    retaken(alice, "A walk through the gardens at nine")
    going = picture(ends_at=now + timedelta(days=2))
    make.story(
        owner=alice, headline="The carriage leaves the mews", at=now, lead_image=going, body=block(picture(credit=""))
    )
    make.story(
        owner=alice, headline="The swans are counted", at=now, body=block(picture(ends_at=now - timedelta(days=1)))
    )
    window = site.page(editor)
    window.goto("/desk/stories/?live=")
    assert window.get_by_text("No credit +1").is_visible()
    look_over(window, "board")
    link = window.get_by_role("link", name="The 20th coach")
    link.focus()
    row = link.element_handle()
    height = link.bounding_box()["y"]
    make.story(owner=alice, headline="News of the minute", standing="in_review", at=now)
    window.evaluate(AT_ONCE)
    window.get_by_role("link", name="News of the minute").wait_for(state="attached")
    assert window.evaluate("document.activeElement.textContent") == "The 20th coach"
    assert abs(link.bounding_box()["y"] - height) < 2, "what one looks at stays where it is"
    assert row.evaluate("one => one.isConnected"), "an unchanged row is the same row"

    # An open menu is left alone, with what it says; everything around it is new.
    window.get_by_text("Owner: anyone").click()
    make.story(owner=alice, headline="More news", standing="in_review", at=now)
    window.evaluate(AT_ONCE)
    window.get_by_role("link", name="More news").wait_for(state="attached")
    assert window.get_by_role("link", name="me", exact=True).is_visible()
    window.get_by_role("link", name="me", exact=True).click()
    window.get_by_text("Owner: me").wait_for()
    assert "owner=" in window.url
    window.get_by_role("link", name="With warnings").click()
    window.wait_for_url("**warned=1**")

    make.scheduled_story(headline="A garden party for coastguard crews", due_at=now + timedelta(minutes=1))
    make.scheduled_story(headline="Balmoral opens its ballroom", due_at=now + timedelta(minutes=1))
    Story.objects.filter(drafts__head__headline="The 0th coach").update(embargo_until=now + timedelta(days=1))
    window.goto("/desk/stories/?view=week")
    look_over(window, "calendar-week")
    window.get_by_role("link", name="Month", exact=True).click()
    window.get_by_role("link", name="A garden party for coastguard crews").wait_for()
    look_over(window, "calendar-month")
    assert not site.complaints


def test_what_is_typed_into_a_live_post_stays_with_its_caret(site: Any) -> None:
    editor, now = person("editor"), timezone.now()
    told = make.published_story(owner=editor, headline="As it happens", live=True, at=now - timedelta(minutes=50))
    window = site.page(editor)
    window.goto("/desk/stories/")
    field = window.get_by_label("Live post: As it happens")
    here = "[document.activeElement.name, document.activeElement.value, document.activeElement.selectionStart]"

    def others_write(headline: str) -> None:
        make.story(owner=editor, headline=headline, standing="in_review", at=now)
        window.evaluate(AT_ONCE)
        window.get_by_role("link", name=headline).wait_for(state="attached")

    field.focus()  # nothing typed yet: the card is drawn anew, and the caret is in its new field
    others_write("News of the minute")
    assert window.evaluate(here) == ["words", "", 0]
    window.keyboard.type("The gates are shut")
    window.keyboard.press("ArrowLeft")
    others_write("More news")
    assert window.evaluate(here) == ["words", "The gates are shut", 17]

    # Letters that are being put together: nothing moves before they are whole.
    field.dispatch_event("compositionstart")
    node = field.element_handle()
    make.story(owner=editor, headline="News between two letters", standing="in_review", at=now)
    with window.expect_response("**/desk/stories/"):
        window.evaluate(AT_ONCE)
    assert window.get_by_role("link", name="News between two letters").count() == 0
    field.dispatch_event("compositionend")
    window.get_by_role("link", name="News between two letters").wait_for(state="attached")
    assert node.evaluate("one => one.isConnected")

    # Its live time ends under the writer's hands: the words are still there.
    Story.objects.filter(pk=told.pk).update(live=False)
    others_write("Yet more news")
    window.get_by_text("This story has left the list").wait_for()
    assert window.evaluate(here) == ["words", "The gates are shut", 17]
    field.fill("")
    others_write("The last news")
    assert window.get_by_label("Live post: As it happens").count() == 0
    assert not site.complaints


def test_a_phone_folds_live_stories_after_three_and_never_one_that_is_written_in(site: Any) -> None:
    editor, now = person("editor"), timezone.now()
    for number in range(7):
        told = now - timedelta(minutes=90 - number)
        make.published_story(owner=editor, headline=f"As it happens {number}", live=True, at=told)
    window = site.page(editor)
    window.goto("/desk/stories/")
    fields = window.get_by_label("Live post: As it happens").filter(visible=True)
    more = window.locator("summary", has_text="4 more live stories")
    assert (fields.count(), more.is_visible()) == (7, False), "a desk has room for all"
    fields.nth(5).fill("The gates are shut")
    glance(window, "board-live")
    window.set_viewport_size({"width": 390, "height": 900})
    assert fields.count() == 4, "three, and the one with words in it"
    more.focus()
    window.keyboard.press("Enter")
    assert fields.count() == 7
    make.story(owner=editor, headline="News of the minute", standing="in_review", at=now)
    window.evaluate(AT_ONCE)
    window.get_by_role("link", name="News of the minute").wait_for(state="attached")
    assert fields.count() == 7, "what was opened stays open"
    window.get_by_text("Only the first three").click()
    assert fields.count() == 4
    seen_in_forced_colours(window)


def seen_in_forced_colours(window: Any) -> None:
    """Washes and the desk's own colours are gone: shapes and lines tell what they told."""
    window.set_viewport_size({"width": 1280, "height": 900})
    window.emulate_media(forced_colors="active")
    keep_picture(window, "board-forced")
    tabs = window.get_by_role("navigation", name="Where stories stand").get_by_role("link")
    outline = "one => getComputedStyle(one).outlineStyle + ' ' + getComputedStyle(one).outlineWidth"
    now, *others = (tab.evaluate(outline) for tab in tabs.all())
    assert now == "solid 2px"
    assert now not in others, "the tab that is shown"
    tabs.nth(1).focus()
    window.keyboard.press("Shift+Tab")
    window.keyboard.press("Tab")
    assert window.evaluate(RINGED)
    assert tabs.nth(1).evaluate(outline) == "solid 3px", "the ring is not the mark of the tab that is shown"
    shapes = window.locator(".board .group .chip .i use").evaluate_all(
        "all => all.map(one => one.getAttribute('href'))"
    )
    assert len(set(shapes)) == len(shapes) > 1, "each state has a shape of its own"
    assert window.locator(".since.late .i, .flag.warn .i").filter(visible=True).count() > 1, "a warning has its sign"
    assert window.locator(".board .group .chip").first.evaluate("one => getComputedStyle(one).borderStyle") == "solid"
    window.goto(window.get_by_role("link", name="News of the minute").get_attribute("href"))
    for shown in ("board-forced-write", "board-forced-history"):
        keep_picture(window, shown)
        assert window.locator(".chip .i").first.is_visible()
        if shown.endswith("write"):
            tab = window.get_by_role("tab", name="Story", exact=True)
            assert tab.evaluate(outline) == "solid 2px"
            window.get_by_role("tab", name="Checks").focus()
            assert window.evaluate(RINGED)
            window.goto(f"{window.url.partition('?')[0]}history/")
    window.keyboard.press("Tab")
    window.keyboard.press("Tab")
    assert window.evaluate(RINGED)


def test_a_hidden_board_asks_nothing(site: Any) -> None:
    reporter: Person = person("reporter")
    window = site.page(reporter)
    window.goto("/desk/stories/")
    asked: list[str] = []
    window.on("request", lambda request: asked.append(request.url))
    window.evaluate("Object.defineProperty(document, 'hidden', {value: true, configurable: true, writable: true})")
    window.evaluate(AT_ONCE)
    # Shown again: it asks at once, and that is the first question since it was hidden.
    with window.expect_request("**/desk/stories/"):
        window.evaluate("document.hidden = false")
        window.evaluate(AT_ONCE)
    assert len([url for url in asked if "/static/" not in url]) == 1
    make.story(owner=reporter, headline="Written meanwhile")
    window.get_by_role("link", name="Written meanwhile").wait_for()
    assert not site.complaints

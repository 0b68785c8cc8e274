"""The story desk's pages in a real browser: readable to everybody, whole at both widths, in both colour schemes; and an
editor's errand, from the queue to readers, by its own buttons."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from articles.models import Draft, MoveLog, Receipt, Schedule, Story
from newsroom.accounts.models import Person
from tests.browser import axe_problems, look_over
from tests.factories import articles as make
from tests.factories import media_assets as pictures
from tests.factories.accounts import person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def looked_at(page: Any, name: str) -> list[str]:
    """What is wrong with the page on a desk by day and on a phone by night."""
    wrong = []
    for width, scheme in ((1280, "light"), (390, "dark")):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        wrong += [f"{name} at {width}: {line}" for line in axe_problems(page)]
        if page.evaluate("document.documentElement.scrollWidth") > width:
            wrong.append(f"{name} is wider than {width} px")
    return wrong


def a_busy_desk(editor: Person) -> Story:
    """Something in every group, live stories, a ledger, a product; returns a story with a history."""
    now = timezone.now()
    alice, dele = person("reporter"), person("reporter", name="Dele Okoro")
    fashion = make.section("Fashion")
    told = make.quotation(
        "The garden will be open to everyone by the spring",
        source=make.source(kind="unnamed", description="sources"),
        chain=[(make.outlet(), False)],
    )
    tied = f'<p>Asked again, they said <q data-quotation="{told.pk}">“open to everyone by the spring”</q>.</p>'
    make.story(
        owner=alice,
        headline="Harry leaves Windsor as aides stay silent on family talks",
        standing="in_review",
        at=now - timedelta(minutes=48),
        body="<p>He said “never” and “again”.</p>",
    )
    make.story(
        owner=dele,
        headline="Five tailored coats in the Princess of Wales’s autumn cut",
        section=fashion,
        standing="in_review",
        at=now - timedelta(hours=2),
        body=tied,
    )
    make.story(
        owner=dele,
        headline="Queen’s reading room picks its six novels for winter",
        standing="changes_requested",
        at=now - timedelta(hours=5),
    )
    make.story(
        owner=alice,
        headline="Garter Day, explained in eight quiet pictures",
        standing="approved",
        approver=editor,
        at=now - timedelta(hours=3),
    )
    make.story(owner=editor, headline="Royal warrants: who holds one, who has lost theirs", at=now - timedelta(days=1))
    make.story(owner=alice, headline="", at=now - timedelta(minutes=5), body="")
    make.published_story(
        owner=dele,
        headline="Kate’s return to engagements: the diary so far",
        live=True,
        at=now - timedelta(hours=1, minutes=50),
        body=tied,
    )
    make.published_story(
        owner=alice,
        headline="State banquet: arrivals, gowns and the seating plan",
        live=True,
        at=now - timedelta(minutes=6),
    )
    make.withdrawn_story(owner=dele, headline="A diary that was wrong")
    make.product()
    made = make.published_story(
        owner=alice,
        approver=editor,
        headline="The tiara vault: nine pieces and their stories",
        at=now - timedelta(hours=2),
        body=tied,
    )
    make.update(made, line="Adds the ninth piece.", at=now - timedelta(hours=1))
    return made


def a_desk_with_gates(editor: Person) -> tuple[Story, Story, Receipt]:
    """A plan that is overdue, one to come with newer words behind it, a hold, an embargo, a spike, a review, receipts."""
    minute = timezone.now().replace(second=0, microsecond=0)
    late = make.scheduled_story(
        due_at=minute - timedelta(minutes=4), headline="Balmoral opens its ballroom for one last weekend"
    )
    Schedule.objects.filter(story=late).update(
        attempts=4,
        next_at=minute + timedelta(minutes=2),
        trouble="The lead picture may not be shown: its right has ended.",
    )
    planned = make.scheduled_story(due_at=minute + timedelta(hours=20), headline="A garden party for coastguard crews")
    newer = make.revision(planned.draft, author=editor, headline="A garden party, at last")  # type: ignore[attr-defined]
    Draft.objects.filter(story=planned).update(head=newer)
    held = make.story(headline="Holyroodhouse readies for a short royal week", standing="approved", approver=editor)
    Story.objects.filter(pk=held.pk).update(
        held_at=minute - timedelta(minutes=40), held_by=person("legal"), held_reason="The tailor’s lawyers wrote to us."
    )
    embargoed = make.story(headline="The tour diary: where they go, and why it matters", standing="in_review")
    Story.objects.filter(pk=embargoed.pk).update(embargo_until=minute + timedelta(days=1))
    Story.objects.filter(pk=make.story(headline="Nothing came of this").pk).update(spiked_at=minute)
    make.review(make.published_story(headline="Flood at the palace gate"))
    gone = make.receipt(exit="page")
    for name, found in (("lists", "The front page and Royals are drawn anew."), ("maps", "")):
        Receipt.objects.create(
            story=gone.story,
            log=gone.log,
            exit=name,
            asked_at=minute,
            found=found,
            acknowledged_at=minute if found else None,
        )
    return planned, held, gone


def test_every_page(site: Any) -> None:
    editor = person("editor")
    told = a_busy_desk(editor)
    waiting = Draft.objects.filter(standing="in_review").select_related("story").latest("pk")
    approved = Draft.objects.get(standing="approved")
    compared = waiting.revisions.get().pk
    planned, held, gone = a_desk_with_gates(editor)
    source = make.source("Margaret Hale", description="Head gardener")
    make.quotation("It was never a secret garden", source=source, state="confirmed", said_to="At the gate")
    window = site.page(editor)
    wrong = []
    for name, url in {
        "board": "",
        "board-review": "?stands=in_review",
        "board-nothing": "?stands=approved&section=999999",
        "history": f"stories/{told.pk}/history/",
        "history-compared": f"stories/{waiting.story_id}/history/?compare={compared}",
        "approve": f"stories/{waiting.story_id}/approve/",
        "request-changes": f"stories/{waiting.story_id}/request-changes/",
        "publish": f"stories/{approved.story_id}/publish/",
        "publish-not-now": f"stories/{waiting.story_id}/publish/",
        "withdraw": f"stories/{told.pk}/withdraw/",
        "schedule": f"stories/{approved.story_id}/schedule/",
        "reschedule": f"stories/{planned.pk}/reschedule/",
        "scheduled": "?stands=scheduled",
        "history-scheduled": f"stories/{planned.pk}/history/",
        "history-held": f"stories/{held.pk}/history/",
        "publish-held": f"stories/{held.pk}/publish/",
        "embargo": f"stories/{told.pk}/embargo/",
        "emergency": f"stories/{waiting.story_id}/emergency-publish/",
        "spike": f"stories/{waiting.story_id}/spike/",
        "spiked": "?stands=spiked",
        "reviews": "reviews/",
        "receipts": f"stories/{gone.story_id}/receipts/",
        "receipts-none": f"stories/{told.pk}/receipts/",
        "preview": f"stories/{waiting.story_id}/preview/",
        "sources": "sources/",
        "sources-nothing": "sources/?q=nobody",
        "source": f"sources/{source.pk}/",
        "source-new": "sources/new/",
        "source-edit": f"sources/{source.pk}/edit/",
        "outlets": "sources/outlets/",
        "products": "products/",
        "product-new": "products/new/",
        "help": "help/",
    }.items():
        window.goto(f"/desk/{url}")
        wrong += looked_at(window, name)
    assert not wrong, "\n".join(wrong)
    assert site.complaints == []


def test_an_editor_reads_mends_and_publishes(site: Any) -> None:
    """With the moves' own pages, which need no script."""
    editor, alice = person("editor"), person("reporter")
    told = make.story(owner=alice, headline="The gates open", standing="in_review", body="<p>On “The Crown”.</p>")
    window = site.page(editor)
    window.goto("/desk/")
    window.get_by_role("link", name="In review 1").click()
    window.goto(f"/desk/stories/{told.pk}/history/")
    window.get_by_role("link", name="Approve").click()
    window.get_by_text("“The Crown” is not tied to a source.", exact=True).wait_for()
    window.get_by_role("button", name="Approve").click()
    window.get_by_text("Nothing was changed").or_(
        window.get_by_role("heading", name="What holds it back")
    ).first.wait_for()
    assert not MoveLog.objects.filter(move="approve").exists()

    window.get_by_role("link", name="To the sources").click()
    window.wait_for_selector("html[data-writing=ready]")
    sources = window.get_by_role("tabpanel", name="Sources")
    sources.wait_for()
    window.get_by_role("tab", name="Checks").click()
    assert sources.is_hidden()
    window.get_by_role("button", name="Tie or waive").click()
    assert sources.evaluate("panel => panel === document.activeElement")
    sources.get_by_text("Waive", exact=True).click()
    sources.get_by_label("Why it needs no source").fill("Title of the series")
    sources.get_by_role("button", name="Waive these words").click()
    sources.get_by_text("Waived by").wait_for()
    window.goto(f"/desk/stories/{told.pk}/approve/")
    window.get_by_role("button", name="Approve").click()
    window.goto(f"/desk/stories/{told.pk}/history/")
    window.get_by_role("link", name="Publish").click()
    window.get_by_role("button", name="Publish").click()
    window.get_by_text("Published. Readers see it now.").wait_for()
    window.get_by_role("link", name="/royals/the-gates-open/").click()
    window.get_by_role("heading", name="The gates open").wait_for()
    assert [log.move for log in MoveLog.objects.order_by("pk")] == ["approve", "publish"]
    assert site.complaints == []


def test_a_pictures_page_leads_to_where_it_stands(site: Any) -> None:
    """A reporter follows the picture to the draft; marketing reads of what readers see."""
    now = timezone.now()
    alice = person("reporter")
    asset = pictures.asset(made=False)
    lead = pictures.image_placement(asset)
    make.published_story(
        headline="Six thousand walk through the castle gates on the first open morning of the year",
        owner=alice,
        lead_image=lead,
        body=f'<p>Words.</p>\n<div data-block="image" data-id="{lead.pk}"></div>',
        at=now - timedelta(hours=3),
    )
    make.story(owner=alice, headline="What the gardeners say", lead_image=lead, standing="in_review", at=now)
    make.withdrawn_story(headline="The gates are sold", lead_image=lead, at=now - timedelta(days=3))
    make.product(picture=asset)
    window = site.page(alice)
    window.goto(f"/desk/pictures/{asset.pk}/")
    look_over(window, "picture-used")
    window.get_by_role("link", name="What the gardeners say").click()
    window.wait_for_url("**/desk/stories/*/")
    other = site.page(person("marketing"))
    other.goto(f"/desk/pictures/{asset.pk}/")
    assert other.get_by_role("link", name="What the gardeners say").count() == 0
    other.get_by_role("link", name="Six thousand walk").click()
    other.get_by_role("heading", name="Six thousand walk").wait_for()
    assert not site.complaints

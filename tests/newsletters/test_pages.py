"""Every page of this room's desk in a browser: readable by everybody, in both schemes, on a phone and on a desk.

Readers' pages are looked at with all of theirs (tests/reader/test_look.py).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from newsletters import issues, shown
from newsletters.models import Delivery, Issue
from newsroom.publication.models import Publication
from tests.browser import look_over
from tests.factories import articles, media_assets
from tests.factories import newsletters as made
from tests.factories.accounts import person
from tests.newsletters.sending import sending, showing

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def look(site: Any, who: Any, name: str, path: str) -> None:
    """Open the page in the test's one window and look it over."""
    page = site.pages[0] if site.pages else site.page(who)
    page.goto(path)
    look_over(page, name)
    assert not site.complaints


@pytest.fixture
def world(site: Any) -> dict[str, Any]:
    """A newsletter with its boxes, stories with pictures, an issue being composed and one that was sent."""
    Publication.objects.update_or_create(
        pk=1,
        defaults={
            "name": "The Long Walk",
            "tagline": "News and features on the royal households",
            "postal_address": "The Long Walk, 1 Castle Hill\nWindsor SL4 1PD",
            "contact_email": "desk@longwalk.example",
        },
    )
    for name in ("The court", "Houses", "Style"):
        articles.section(name)
    newsletter = made.newsletter(
        name="The Long Walk letter",
        slug="the-long-walk-letter",
        promise="The week in the royal households, and the long reads worth your Sunday, in one letter.",
        rhythm="Fridays",
        sender_name="The Long Walk",
    )
    made.newsletter(name="Garden notes", slug="garden-notes", promise="What flowers where, and who planted it.")
    made.subscribers(newsletter, 12)
    court = articles.section("The court")
    names = ["Behind closed doors, a first step for Harry and the King", "The oldest trees in the park", "A damson hat"]
    stories = []
    for number, headline in enumerate(names):
        lead = media_assets.image_placement(
            media_assets.asset(size=(1200, 750)),
            caption="The castle from the avenue, on the last evening of the visit.",
        )
        placement = articles.product_placement()
        stories.append(
            articles.published_story(
                headline=headline,
                section=court,
                live=number == 0,
                standfirst="Four days in Britain, and a visit to Windsor granted on one condition.",
                body="<p>The gates opened at nine, and by noon the queue had reached the river.</p>\n"
                f'<div data-block="product" data-id="{placement.pk}"></div>\n<h2>What comes next</h2>\n<p>Nobody says.</p>',
                lead_image=lead,
            )
        )
    issue = made.issue(newsletter, subject="A first step, and a private visit to Windsor")
    for story in stories:
        issues.pick(issue.pk, story.pk, at=datetime.now(UTC))
    issues.shape(issue.pk, stories[1].pk, "whole", at=datetime.now(UTC))
    issue.refresh_from_db()
    articles.published_story(headline="The lake is drained once in seven years", section=court)
    return {"newsletter": newsletter, "issue": issue, "stories": stories, "erin": person("marketing")}


def test_composing_and_its_letter(site: Any, world: dict[str, Any]) -> None:
    erin, issue = world["erin"], world["issue"]
    look(site, erin, "desk-list", "/desk/newsletters/")
    look(site, erin, "desk-compose", f"/desk/newsletters/issues/{issue.pk}/")
    for as_ in ("desktop", "phone", "text"):
        look(site, erin, f"desk-letter-{as_}", f"/desk/newsletters/issues/{issue.pk}/letter/?as={as_}")
    look(site, erin, "desk-send", f"/desk/newsletters/issues/{issue.pk}/send/")
    look(site, erin, "desk-wordings", "/desk/newsletters/wordings/")
    purpose = world["newsletter"].offers.first().purpose
    look(site, erin, "desk-wording", f"/desk/newsletters/wordings/{purpose.slug}/")


def test_results(site: Any, world: dict[str, Any]) -> None:
    begun = sending(world["newsletter"], subject="A first step, and a private visit to Windsor")
    Issue.objects.filter(pk=begun.pk).update(
        planned_at=datetime.now(UTC), started_at=datetime.now(UTC) - timedelta(minutes=4)
    )
    ends = ["sent"] * 5 + ["uncertain", "uncertain", "skipped", "bounced", "planned", "planned", "planned"]
    why = {"uncertain": "The sender stopped while it waited for the answer.", "bounced": "550 5.1.1 No such user"}
    for subscription, end in zip(world["newsletter"].subscriptions.order_by("pk"), ends, strict=False):
        Delivery.objects.create(
            issue=begun,
            subscriber_id=subscription.subscriber_id,
            state=end,
            why=why.get(
                end, "Left, paused, or the consent ended, before the letter went out." if end == "skipped" else ""
            ),
            claimed_at=datetime.now(UTC),
            not_before=datetime.now(UTC) + timedelta(hours=1),
        )
    issues.pick(world["issue"].pk, world["stories"][0].pk, at=datetime.now(UTC))
    look(site, world["erin"], "desk-results", f"/desk/newsletters/issues/{begun.pk}/results/")
    at = datetime.now(UTC)
    Issue.objects.filter(pk=begun.pk).update(
        stalled_since=at - timedelta(minutes=7),
        stalled_why="mail.example.org:25: [Errno 111] Connection refused",
        next_try_at=at + timedelta(minutes=2),
    )
    Delivery.objects.filter(issue=begun, state="bounced").update(state="soft_bounced")
    showing(begun, world["stories"][0])
    shown.keep(begun, [world["stories"][1].pk])
    look(site, world["erin"], "desk-stalled", f"/desk/newsletters/issues/{begun.pk}/results/")
    Issue.objects.filter(pk=begun.pk).update(state="held", held_why="A story in this issue was withdrawn.")
    look(site, world["erin"], "desk-held", f"/desk/newsletters/issues/{begun.pk}/results/")


def test_progress_moves_by_itself(site: Any, world: dict[str, Any]) -> None:
    begun = sending(world["newsletter"])
    Issue.objects.filter(pk=begun.pk).update(planned_at=datetime.now(UTC))
    row = Delivery.objects.create(
        issue=begun,
        subscriber_id=world["newsletter"].subscriptions.first().subscriber_id,
        not_before=datetime.now(UTC) + timedelta(hours=1),
    )
    page = site.page(world["erin"])
    page.goto(f"/desk/newsletters/issues/{begun.pk}/results/")
    page.get_by_text("0.0 %").wait_for()
    Delivery.objects.filter(pk=row.pk).update(state="sent")
    page.get_by_text("100.0 %").wait_for()
    Issue.objects.filter(pk=begun.pk).update(state="sent", finished_at=datetime.now(UTC))
    page.locator(".title").get_by_text("Sent").wait_for()
    assert not site.complaints

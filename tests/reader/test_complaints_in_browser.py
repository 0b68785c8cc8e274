"""From the foot of a story to the desk's queue, to the decision and the answer; whole and readable at both widths."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from articles.models import Complaint
from newsroom.mail.models import Letter
from newsroom.publication.models import Publication
from tests.browser import Site, look_over
from tests.factories import articles as make
from tests.factories.accounts import person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_mistake_is_reported_decided_and_answered(site: Site) -> None:
    now = timezone.now()
    Publication.objects.update_or_create(
        pk=1, defaults={"name": "The Long Walk", "contact_email": "desk@example.org", "tagline": "The households."}
    )
    for name in ("Royals", "Houses", "Style"):
        make.section(name)
    editor, legal = person("editor"), person("legal")
    story = make.published_story(headline="The gates open at Windsor", approver=editor, at=now - timedelta(hours=3))
    make.update(story, kind="correction", line="The queue reached the bridge.", at=now - timedelta(minutes=5))

    # The reader has no script.
    reader = site.page(java_script_enabled=False)
    reader.goto(story.path)
    reader.get_by_role("link", name="Report a mistake", exact=True).first.click()
    reader.wait_for_url(f"**/complaints{story.path}")
    reader.get_by_label("What is wrong").fill("It never reached the river. I was there.")
    reader.get_by_label("Your email address").fill("reader@example")
    reader.get_by_role("button", name="Send the report").click()
    reader.get_by_text("We cannot write to this address").wait_for()
    assert reader.get_by_label("What is wrong").input_value() == "It never reached the river. I was there."
    reader.get_by_label("The words that you mean").fill("By noon the queue reached the river.")
    reader.get_by_label("Your email address").fill("reader@example.org")
    reader.get_by_role("button", name="Send the report").click()
    reader.wait_for_url("**/complaints/thanks/")
    made = Complaint.objects.get()
    assert made.story == story

    # A busy queue.
    others: list[dict[str, Any]] = [
        {"wrong": "The Duke of Edinburgh was not in Scotland that week.", "at": now - timedelta(days=30)},
        {
            "wrong": "You call her “Lady”; she is not.",
            "at": now - timedelta(days=25),
            "owner": legal,
            "state": "looking",
        },
        {"wrong": "The picture shows another castle. " * 6, "at": now - timedelta(days=28)},
        {"wrong": "The price is out of date.", "at": now - timedelta(days=2), "owner": editor, "state": "looking"},
    ]
    for facts in others:
        make.complaint(**facts)
    desk = site.page(editor)
    desk.goto("/desk/complaints/")
    desk.get_by_text("2 days overdue").wait_for()
    look_over(desk, "complaints")
    desk.goto("/desk/complaints/?stands=aside")
    look_over(desk, "complaints-none")

    desk.goto("/desk/complaints/")
    desk.get_by_role("link", name="It never reached the river").click()
    desk.get_by_text("These words stand in the story").wait_for()
    desk.get_by_label("Stands", exact=True).select_option("upheld")
    desk.get_by_role("button", name="Save").click()
    desk.get_by_text("Say what was found").wait_for()
    assert desk.get_by_label("Stands", exact=True).input_value() == "upheld"
    desk.get_by_label("What was found", exact=True).fill("The reader is right: it was the bridge.")
    correction = desk.get_by_label("The correction that followed")
    correction.select_option(index=1)
    desk.get_by_role("button", name="Save").click()
    desk.get_by_text("Decided in time").wait_for()
    desk.get_by_label("Your answer to reader@example.org").fill("You are right. The story says so now.")
    desk.get_by_role("button", name="Send the answer").click()
    desk.get_by_text("The answer is on its way.").wait_for()
    look_over(desk, "complaint")
    made.refresh_from_db()
    assert (made.state, made.owner, made.update.line) == ("upheld", editor, "The queue reached the bridge.")
    assert Letter.objects.get().to == "reader@example.org"
    assert site.complaints == []

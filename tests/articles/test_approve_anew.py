"""Words whose approval the section's rule has made void are approved anew in one step, and the plan need not be typed again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from articles import due, workflow
from articles.models import Draft, MoveLog, Schedule, Section, Story
from newsroom.accounts.models import Person
from tests.asserts import page
from tests.factories import articles as make
from tests.factories.accounts import person

pytestmark = pytest.mark.django_db


def take(name: str, draft: Draft, by: Person, at: datetime, **answers: str) -> MoveLog:
    draft.refresh_from_db()
    return workflow.take(name, subject=draft, person=by, expected_version=draft.version, at=at, **answers)


@pytest.fixture
def stopped(alice: Person, bob: Person, now: datetime, save: Any) -> Draft:
    """Bob mended Alice's words and approved them; they were planned, the section got the strict rule, the minute came."""
    minute = timezone.now().replace(second=0, microsecond=0) + timedelta(days=1)
    made = make.story(owner=alice, section=make.section("Court"), standing=Draft.Standing.IN_REVIEW)
    draft: Draft = made.draft  # type: ignore[attr-defined]
    save(draft, bob, body=make.BODY.replace("nine", "ten"))
    take("approve", draft, bob, now)
    take("schedule", draft, bob, now, publish_at=minute.astimezone(UTC).isoformat())
    Section.objects.filter(pk=made.section_id).update(strict_review=True)
    Schedule.objects.update(due_at=now, next_at=now)
    assert due.sweep(now) == 1
    assert Schedule.objects.get().state == "stopped"
    Schedule.objects.update(due_at=minute, next_at=minute)
    draft.refresh_from_db()
    return draft


def offered(who: Person, draft: Draft) -> dict[str, workflow.MoveChoice]:
    fresh = Draft.objects.select_related("story__section", "head", "base_revision", "approved_by").get(pk=draft.pk)
    return {choice.move.name: choice for choice in workflow.moves_for(who, fresh)}


def test_another_editor_approves_them_anew_in_one_step(
    stopped: Draft, bob: Person, carol: Person, now: datetime
) -> None:
    assert stopped.standing == Draft.Standing.APPROVED
    assert not offered(bob, stopped)["approve"].allowed
    assert offered(carol, stopped)["approve"].allowed
    assert not offered(carol, stopped)["publish"].allowed
    with pytest.raises(workflow.Refused, match="changed nothing"):
        take("approve", stopped, bob, now)
    take("approve", stopped, carol, now)
    stopped.refresh_from_db()
    assert (stopped.standing, stopped.approved_by, stopped.approved_revision_id) == ("approved", carol, stopped.head_id)
    choices = offered(carol, stopped)
    assert "approve" not in choices
    assert choices["publish"].allowed
    take("publish", stopped, carol, now)
    assert Story.objects.get(pk=stopped.story_id).approved_by == carol


def test_the_plan_that_was_stopped_stands_in_the_form(stopped: Draft, carol: Person, now: datetime) -> None:
    desk = Client()
    desk.force_login(carol)
    take("approve", stopped, carol, now)
    minute = timezone.localtime(Schedule.objects.get().due_at)
    page = desk.get(reverse("articles-desk:schedule", args=[stopped.story_id])).content.decode()
    assert f'value="{minute:%Y-%m-%dT%H:%M}"' in page
    Schedule.objects.update(due_at=timezone.now() - timedelta(hours=1))
    late = desk.get(reverse("articles-desk:schedule", args=[stopped.story_id])).content.decode()
    assert 'type="datetime-local" id="id_publish_at" name="publish_at" value=""' in late


def row(who: Person, draft: Draft) -> Any:
    desk, key = Client(), f"draft-{draft.pk}"
    desk.force_login(who)
    return page(desk.get(reverse("articles-desk:board"))).one("table", "board").one("tr", **{"data-keep": key})


def leads(cell: Any) -> list[str]:
    return [link.attributes["href"] for link in cell.one("td", "name").all("a")[1:]]


def test_the_board_says_that_the_plan_was_stopped_and_why(
    stopped: Draft, alice: Person, bob: Person, carol: Person, now: datetime
) -> None:
    why, anew = "has changed nothing, and Bob Barrow changed something", ("articles-desk:approve", [stopped.story_id])
    told = row(carol, stopped)
    assert "Plan stopped" in told.one("td", "stands").text
    assert why in told.text
    assert leads(told) == [f"{reverse(anew[0], args=anew[1])}?draft={stopped.pk}"]
    for other in (alice, bob):
        assert why in row(other, stopped).text
        assert leads(row(other, stopped)) == [], "the move is neither hers nor his"
    take("approve", stopped, carol, now)
    assert "Plan stopped" not in row(carol, stopped).text


def test_a_plan_that_a_hold_stopped_is_planned_again(alice: Person, bob: Person, now: datetime) -> None:
    made = make.story(owner=alice, standing=Draft.Standing.APPROVED, approver=bob)
    draft: Draft = made.draft  # type: ignore[attr-defined]
    take("schedule", draft, bob, now, publish_at=(timezone.now() + timedelta(days=1)).astimezone(UTC).isoformat())
    for move, version in (("hold", 1), ("lift-hold", 2)):
        story = Story.objects.get(pk=made.pk)
        workflow.take(move, subject=story, person=person("legal"), expected_version=version, at=now, reason="Wait.")
        told = row(bob, draft)
        assert ("Legal hold" in told.text) is (move == "hold")
    assert "placed a legal hold" in told.text
    assert leads(told) == [f"{reverse('articles-desk:schedule', args=[made.pk])}?draft={draft.pk}"]


def test_what_is_approved_and_counts_is_not_approved_twice(
    alice: Person, bob: Person, carol: Person, now: datetime
) -> None:
    made = make.story(owner=alice, standing=Draft.Standing.APPROVED, approver=bob)
    draft: Draft = made.draft  # type: ignore[attr-defined]
    assert "approve" not in offered(carol, draft)
    with pytest.raises(workflow.Refused, match="approved already"):
        take("approve", draft, carol, now)
    draft.refresh_from_db()
    assert draft.approved_by == bob


def test_an_approver_who_is_also_an_author_is_told_before_and_it_is_kept(
    alice: Person, bob: Person, carol: Person, now: datetime, save: Any
) -> None:
    made = make.story(owner=alice, standing=Draft.Standing.IN_REVIEW, body="<p>One two three four five six.</p>")
    draft: Draft = made.draft  # type: ignore[attr-defined]
    save(draft, bob, body="<p>One two three four five six seven.</p>")
    warning = offered(bob, draft)["approve"].warning
    assert warning.startswith("You are also an author of this: 2 of the 10 words")
    assert offered(carol, draft)["approve"].warning == ""
    made.bylines.create(person=carol)
    assert offered(carol, draft)["approve"].warning == "You are also an author of this: you stand in the byline."
    desk = Client()
    desk.force_login(bob)
    assert warning in desk.get(reverse("articles-desk:approve", args=[made.pk])).content.decode()
    screen = desk.get(reverse("articles-desk:write", args=[made.pk])).content.decode()
    assert 'id="move-approve"' in screen
    assert screen.count(warning) == 2, "in the dialog and among the checks"
    log = take("approve", draft, bob, now)
    assert log.reason.startswith("The approver is also an author: 2 of the 10 words")
    assert log.reason in desk.get(reverse("articles-desk:history", args=[made.pk])).content.decode()


def test_who_wrote_nothing_is_told_nothing(alice: Person, carol: Person, now: datetime) -> None:
    made = make.story(owner=alice, standing=Draft.Standing.IN_REVIEW)
    assert take("approve", made.draft, carol, now).reason == ""  # type: ignore[attr-defined]

"""Words that needed no source need one again: an editor takes a waiver back, and what leaned on it stops."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from articles import checks, due, ledger, posting, waiving, workflow
from articles.models import Draft, Schedule, Story, Waiver
from articles.refusals import MoveRefused, Refused
from newsroom.accounts.models import Person
from newsroom.audit.models import AuditRow
from tests.asserts import page
from tests.factories.articles import published_story, scheduled_story, story

pytestmark = pytest.mark.django_db
BODY = "<p>Crowds sang “The Crown” at the gates.</p>"


def waived(told: Story, bob: Person, now: datetime) -> Waiver:
    return ledger.waive(story_id=told.pk, words="The Crown", reason="A title", person=bob, at=now)


def stops(told: Story, now: datetime) -> list[str]:
    draft = Draft.objects.select_related("head").get(story=told)
    assert draft.head is not None
    return [one.name for one in checks.run(draft.head, story=told, at=now) if one.name == "quotations"]


def test_the_check_returns_and_the_board_says_so(alice: Person, bob: Person, carol: Person, now: datetime) -> None:
    told = story(owner=alice, body=BODY)
    first = waived(told, bob, now)
    assert (stops(told, now), Draft.objects.get(story=told).open_quotations) == ([], 0)
    with pytest.raises(Refused):
        waiving.unwaive(first.pk, story_id=told.pk, person=alice, at=now)
    with pytest.raises(Refused):
        waiving.unwaive(first.pk, story_id=story().pk, person=carol, at=now)
    waiving.unwaive(first.pk, story_id=told.pk, person=carol, at=now + timedelta(minutes=1))
    assert (stops(told, now), Draft.objects.get(story=told).open_quotations) == (["quotations"], 1)
    noted = AuditRow.objects.get(action="quotation.unwaived")
    assert (noted.person_id, noted.subject, noted.facts) == (carol.pk, f"story:{told.pk}", {"waiver": first.pk})
    with pytest.raises(Refused, match="does not stand any more"):
        waiving.unwaive(first.pk, story_id=told.pk, person=bob, at=now)
    # Waived again it is another one, and both are history; at one time there is one.
    again = waived(told, bob, now)
    assert (again.pk != first.pk, stops(told, now)) == (True, [])
    with pytest.raises(IntegrityError), transaction.atomic():
        Waiver.objects.filter(pk=first.pk).update(ended_at=None, ended_by=None)


def test_what_is_approved_or_planned_goes_out_no_more(alice: Person, bob: Person, carol: Person, now: datetime) -> None:
    ready = story(owner=alice, body=BODY, standing="approved", approver=bob)
    planned = scheduled_story(owner=alice, body=BODY, due_at=now, approver=bob)
    for told in (ready, planned):
        waiving.unwaive(waived(told, bob, now).pk, story_id=told.pk, person=carol, at=now)
    with pytest.raises(MoveRefused):
        workflow.publish(draft=ready.draft, person=bob, expected_version=1, at=now)  # type: ignore[attr-defined]
    due.sweep(now + timedelta(seconds=1))
    assert "“The Crown” is not tied to a source" in Schedule.objects.get(story=planned).trouble
    assert not Story.objects.filter(readers="published").exists()


def test_a_live_post_leans_on_it_no_more(alice: Person, bob: Person, now: datetime) -> None:
    told = published_story(owner=alice, body="<p>The gates.</p>", live=True)
    one = waived(told, bob, now)
    posting.post(story_id=told.pk, person=bob, words="They sing “The Crown”.", at=now)
    waiving.unwaive(one.pk, story_id=told.pk, person=bob, at=now)
    with pytest.raises(MoveRefused, match="not tied"):
        posting.post(story_id=told.pk, person=bob, words="Again “The Crown”.", at=now)


def test_it_is_taken_back_from_the_history_and_stays_in_it(bob: Person, now: datetime) -> None:
    told = story(body=BODY)
    one = waived(told, bob, now)
    desk = Client()
    desk.force_login(bob)
    history, address = f"/desk/stories/{told.pk}/history/", f"/desk/stories/{told.pk}/unwaive/"
    shown = page(desk.get(history)).one("section", **{"aria-labelledby": "waivers"})
    assert [form.attributes["action"] for form in shown.all("form")] == [address]
    answer = desk.post(address, {"waiver": one.pk}, follow=True)
    assert answer.redirect_chain[0][0] == history
    shown = page(answer).one("section", **{"aria-labelledby": "waivers"})
    assert "Taken back by Bob Barrow" in shown.text
    assert not shown.all("form")
    for typed in (str(one.pk), "", "x", "9" * 30):
        said = desk.post(address, {"waiver": typed}, headers={"Accept": "application/json"})
        assert (said.status_code, said.json()) == (
            422,
            {"errors": {"": "This waiver does not stand any more. Look again."}},
        )

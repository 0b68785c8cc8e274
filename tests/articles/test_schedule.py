"""A schedule publishes the revision that it names, at its minute, and is never lost (promises 2 and 7)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from articles import access, drafts, due, publishing, workflow
from articles.models import Draft, MoveLog, Receipt, Revision, Schedule, Story
from newsroom import outbox
from newsroom.accounts.models import Person
from newsroom.notices.models import Notice
from newsroom.outbox.models import Event
from tests.factories.accounts import person
from tests.factories.articles import published_story, quotation, scheduled_story, section, story

Save = Callable[..., Revision]
SOON = "2025-09-11T12:00"  # in the desk's zone: 11:00 UTC
MINUTE = datetime(2025, 9, 11, 11, 0, tzinfo=UTC)
LATER = "2025-09-12T12:00"


def take(name: str, draft: Draft, by: Person, at: datetime, **answers: str) -> Draft:
    draft.refresh_from_db()
    workflow.take(name, subject=draft, person=by, expected_version=draft.version, at=at, **answers)
    draft.refresh_from_db()
    return draft


def on_story(name: str, made: Story, by: Person, at: datetime, **answers: str) -> None:
    made.refresh_from_db()
    workflow.take(name, subject=made, person=by, expected_version=made.version, at=at, **answers)


@pytest.fixture
def approved(alice: Person, bob: Person) -> Draft:
    return story(owner=alice, standing=Draft.Standing.APPROVED, approver=bob).draft  # type: ignore[attr-defined, no-any-return]


@pytest.fixture
def planned(approved: Draft, carol: Person, now: datetime) -> Draft:
    return take("schedule", approved, carol, now, publish_at=SOON)


def test_the_approved_words_go_out_at_the_minute_and_not_before(planned: Draft, bob: Person, carol: Person) -> None:
    schedule = Schedule.objects.get()
    assert (schedule.revision_id, schedule.approved_by, schedule.person) == (planned.head_id, bob, carol)
    assert planned.standing == Draft.Standing.SCHEDULED
    assert due.sweep(MINUTE - timedelta(microseconds=1)) == 0
    assert not access.published(MINUTE).exists()
    assert due.sweep(MINUTE) == 1
    seen = access.published(MINUTE).get()
    assert (seen.published_revision_id, seen.approved_by, seen.first_published_at) == (planned.head_id, bob, MINUTE)
    planned.refresh_from_db()
    assert planned.standing == Draft.Standing.CLOSED
    log = MoveLog.objects.get(move="publish-scheduled")
    assert (log.person, log.at) == (carol, MINUTE)
    assert Event.objects.filter(kind="story.published").count() == 1
    assert due.sweep(MINUTE + timedelta(hours=1)) == 0


def test_newer_words_wait_behind_the_scheduled_ones(planned: Draft, alice: Person, save: Save) -> None:
    """Promise 2: the approval does not pass to them, the schedule does not wait for them, and none is lost."""
    right = planned.head_id
    newer = save(planned, alice, body="<p>Words that nobody approved.</p>")
    assert planned.standing == Draft.Standing.SCHEDULED
    due.sweep(MINUTE)
    assert access.published(MINUTE).get().published_revision_id == right
    planned.refresh_from_db()
    assert (planned.standing, planned.head, planned.base_revision_id) == (Draft.Standing.DRAFT, newer, right)
    assert planned.approved_revision is None


def test_the_board_and_the_story_say_that_newer_words_wait(planned: Draft, alice: Person, save: Save) -> None:
    desk = Client()
    desk.force_login(alice)
    board = lambda: desk.get(reverse("articles-desk:board"), {"stands": "scheduled"}).content.decode()  # noqa: E731
    Schedule.objects.update(due_at=timezone.now() + timedelta(days=30), next_at=timezone.now() + timedelta(days=30))
    assert "newer words wait" not in board()
    save(planned, alice, body="<p>Words that nobody approved.</p>")
    assert "newer words wait" in board()
    pages = [reverse(f"articles-desk:{name}", args=[planned.story_id]) for name in ("write", "history")]
    assert all("ewer words wait" in desk.get(page).content.decode() for page in pages)


def test_it_is_withdrawn_at_the_later_minute_and_not_before_it_was_published(
    approved: Draft, carol: Person, now: datetime
) -> None:
    take("schedule", approved, carol, now, publish_at=SOON, withdraw_at=LATER)
    end = Schedule.objects.get(move="withdraw")
    # The publication is late beyond the end: the end waits for it, or it would come out after its own end.
    Schedule.objects.filter(move="publish").update(next_at=end.due_at + timedelta(hours=1))
    assert due.sweep(end.due_at) == 0
    Schedule.objects.filter(move="publish").update(next_at=MINUTE)
    assert due.sweep(MINUTE) == 1
    assert access.published(MINUTE).exists()
    assert due.sweep(end.due_at) == 1
    assert not access.published(end.due_at).exists()
    log = MoveLog.objects.get(move="withdraw-scheduled")
    assert log.person == carol
    assert Receipt.objects.filter(log=log, acknowledged_at=None).count() >= 6  # every exit is asked, as by hand
    assert Event.objects.filter(kind="story.withdrawn").exists()


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ({"publish_at": "2025-09-11T09:59"}, "publish_at"),
        ({"publish_at": "never"}, "publish_at"),
        ({}, "publish_at"),
        ({"publish_at": SOON, "withdraw_at": SOON}, "withdraw_at"),
        ({"publish_at": LATER, "withdraw_at": SOON}, "withdraw_at"),
    ],
)
def test_times_that_cannot_be_are_refused_beside_their_field(
    approved: Draft, carol: Person, now: datetime, answers: dict[str, str], field: str
) -> None:
    with pytest.raises(workflow.Refused) as refused:
        take("schedule", approved, carol, now, **answers)
    assert list(refused.value.messages) == [field]
    approved.refresh_from_db()
    assert (approved.standing, approved.approved_revision_id) == ("approved", approved.head_id)


def test_unscheduled_it_is_approved_again_unless_newer_words_came(
    planned: Draft, alice: Person, bob: Person, carol: Person, now: datetime, save: Save
) -> None:
    take("unschedule", planned, carol, now)
    assert (planned.standing, planned.approved_revision_id, planned.approved_by) == ("approved", planned.head_id, bob)
    assert due.sweep(MINUTE) == 0
    take("schedule", planned, carol, now, publish_at=SOON)
    save(planned, alice, body="<p>Newer.</p>")
    take("unschedule", planned, carol, now)
    assert (planned.standing, planned.approved_revision) == ("in_review", None)
    assert {schedule.state for schedule in Schedule.objects.all()} == {"cancelled"}


def test_rescheduled_it_goes_out_at_the_new_minute(planned: Draft, carol: Person, now: datetime) -> None:
    take("reschedule", planned, carol, now, publish_at=LATER)
    assert due.sweep(MINUTE) == 0
    assert due.sweep(MINUTE + timedelta(days=1)) == 1
    assert Schedule.objects.get().state == "done"


def test_an_update_says_its_kind_when_it_is_planned(alice: Person, carol: Person, now: datetime, save: Save) -> None:
    shown = published_story(owner=alice, approver=carol)
    draft = drafts.open_again(shown, alice, at=now)
    save(draft, alice, body="<p>Second version.</p>")
    take("submit", draft, alice, now)
    take("approve", draft, carol, now)
    with pytest.raises(workflow.Refused) as refused:
        take("schedule", draft, carol, now, publish_at=SOON)
    assert list(refused.value.messages) == ["kind"]
    take("schedule", draft, carol, now, publish_at=SOON, kind="update", line="Adds the afternoon.")
    due.sweep(MINUTE)
    assert shown.updates.get().line == "Adds the afternoon."
    assert Story.objects.get(pk=shown.pk).visible_updated_at == MINUTE


def test_the_checks_are_run_again_at_the_minute_and_a_failure_is_tried_again_and_told(
    planned: Draft, alice: Person, bob: Person
) -> None:
    """As when a right ends between approval and publication; here: a source takes its words back."""
    said = quotation("We are here", state="confirmed")
    tied = f'<p><q data-quotation="{said.pk}">“We are here”</q></p>'
    other = scheduled_story(owner=alice, approver=bob, due_at=MINUTE, body=tied)
    said.state = "retracted"
    said.save()
    assert due.sweep(MINUTE) == 2
    assert access.published(MINUTE).get().pk == planned.story_id  # one story's failure holds no other back
    failed = Schedule.objects.get(story=other)
    assert (failed.state, failed.attempts) == ("waiting", 1)
    assert "retracted" in failed.trouble
    assert failed.next_at == MINUTE + timedelta(seconds=10)
    assert due.sweep(MINUTE + timedelta(seconds=9)) == 0
    assert due.sweep(MINUTE + timedelta(seconds=10)) == 1
    failed.refresh_from_db()
    assert failed.next_at - MINUTE == timedelta(seconds=30)  # the wait doubles

    said.state = "confirmed"
    said.save()
    assert due.sweep(failed.next_at) == 1
    assert access.published(failed.next_at).filter(pk=other.pk).exists()


def test_whatever_breaks_is_put_back_and_counted(planned: Draft, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("The disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(publishing, "show", broken)
        due.sweep(MINUTE)
    schedule = Schedule.objects.get()
    assert (schedule.state, schedule.attempts) == ("waiting", 1)
    assert "The disk is full" in schedule.trouble
    planned.refresh_from_db()
    assert planned.standing == Draft.Standing.SCHEDULED
    assert due.sweep(schedule.next_at) == 1
    assert access.published(schedule.next_at).exists()


@pytest.mark.parametrize("move", ["hold", "embargo", "spike"])
def test_a_gate_that_closes_stops_it(planned: Draft, bob: Person, now: datetime, move: str) -> None:
    by = person("legal") if move == "hold" else bob
    answers = {"until": LATER} if move == "embargo" else {}
    on_story(move, planned.story, by, now, reason="A letter came.", **answers)
    schedule = Schedule.objects.get()
    assert schedule.state == "stopped"
    assert by.name in schedule.trouble
    planned.refresh_from_db()
    assert (planned.standing, planned.approved_revision_id) == ("approved", planned.head_id)
    assert MoveLog.objects.filter(move="stop-schedule").exists()
    assert due.sweep(MINUTE) == 0


def test_an_embargo_that_ends_in_time_stops_nothing(planned: Draft, bob: Person, now: datetime) -> None:
    on_story("embargo", planned.story, bob, now, until=SOON, reason="The palace asks.")
    assert due.sweep(MINUTE) == 1
    assert access.published(MINUTE).exists()


def test_under_an_embargo_it_is_planned_for_its_end_or_later(
    approved: Draft, bob: Person, carol: Person, now: datetime
) -> None:
    on_story("embargo", approved.story, bob, now, until=SOON, reason="The palace asks.")
    with pytest.raises(workflow.Refused, match="The embargo ends at 12:00 BST"):
        take("schedule", approved, carol, now, publish_at="2025-09-11T11:59")
    take("schedule", approved, carol, now, publish_at=SOON)


def test_a_held_story_is_not_scheduled(approved: Draft, carol: Person, now: datetime) -> None:
    on_story("hold", approved.story, person("legal"), now, reason="A letter came.")
    with pytest.raises(workflow.Refused, match="legal hold"):
        take("schedule", approved, carol, now, publish_at=SOON)


def test_behind_the_guards_a_gate_still_stops_it_at_the_minute(planned: Draft, bob: Person) -> None:
    """Had the hold not stopped the plan, publishing.show does."""
    Story.objects.filter(pk=planned.story_id).update(held_at=MINUTE, held_by=bob, held_reason="A letter came.")
    due.sweep(MINUTE)
    schedule = Schedule.objects.get()
    assert schedule.state == "stopped"
    assert "legal hold" in schedule.trouble
    assert not access.published(MINUTE).exists()


@pytest.mark.django_db(transaction=True)
def test_a_stop_and_a_failure_are_told_to_owner_planner_and_editors_by_desk_and_mail(now: datetime) -> None:
    alice, bob, dora = person("reporter"), person("editor"), person("legal")
    other = person("reporter", name="Dele Okoro")
    made = scheduled_story(owner=alice, approver=bob, due_at=MINUTE)
    on_story("hold", made, dora, now, reason="A letter came.")
    broken = scheduled_story(owner=alice, approver=bob, due_at=MINUTE, body="<p>They said “never”.</p>")
    due.sweep(MINUTE)
    due.sweep(MINUTE + timedelta(minutes=1))
    outbox.relay()
    told = Notice.objects.filter(kind="articles.schedule").order_by("pk")
    assert {(notice.person, notice.url.split("/")[3]) for notice in told} == {
        (who, str(which.pk)) for who in (alice, bob) for which in (made, broken)
    }
    assert len(told) == 4  # the second failure of one plan is not told again
    assert {notice.mail for notice in told} == {"waiting"}
    assert not told.filter(person=other).exists()


def test_overdue_by_a_minute_the_board_raises_an_alarm(alice: Person, bob: Person) -> None:
    desk = Client()
    desk.force_login(bob)
    board = lambda: desk.get(reverse("articles-desk:board")).content.decode()  # noqa: E731
    at = timezone.now().replace(second=0, microsecond=0)
    made = scheduled_story(owner=alice, approver=bob, due_at=at - timedelta(minutes=4), headline="Balmoral opens")
    assert re.search(r"Overdue by <time [^>]*>4 min</time>:", board())
    assert "no worker is running" in board()
    Schedule.objects.filter(story=made).update(trouble="The page cache did not answer.", attempts=4)
    assert "The page cache did not answer." in board()
    assert "Overdue, 4 min" in board()
    Schedule.objects.filter(story=made).update(due_at=timezone.now() - timedelta(seconds=30), next_at=timezone.now())
    assert "Overdue" not in board()


def test_withdrawing_by_hand_cancels_the_planned_end(
    approved: Draft, carol: Person, bob: Person, now: datetime
) -> None:
    take("schedule", approved, carol, now, publish_at=SOON, withdraw_at=LATER)
    due.sweep(MINUTE)
    on_story("withdraw", approved.story, bob, MINUTE, reason="Wrong")
    assert Schedule.objects.get(move="withdraw").state == "cancelled"


def test_the_database_keeps_what_was_planned(planned: Draft, alice: Person, save: Save) -> None:
    with pytest.raises(DatabaseError, match="never deleted"), transaction.atomic():
        Schedule.objects.all().delete()
    newer = save(planned, alice, body="<p>Newer.</p>")
    with pytest.raises(DatabaseError, match="never passes"), transaction.atomic():
        Schedule.objects.update(revision=newer)


def test_a_correction_published_meanwhile_stops_a_rewrite_that_is_without_it(
    alice: Person, bob: Person, carol: Person, now: datetime, save: Save
) -> None:
    """Promise 5: the rewrite takes the correction in; going out as planned it would take it from readers again."""
    shown = published_story(owner=alice, approver=bob, body="<p>He came on Monday.</p>\n<p>It rained.</p>")
    rewrite = drafts.open_again(shown, alice, at=now)
    save(rewrite, alice, body="<p>He came on Monday.</p>\n<p>It rained.</p>\n<p>And more.</p>")
    take("submit", rewrite, alice, now)
    take("approve", rewrite, bob, now)
    take("schedule", rewrite, carol, now, publish_at=SOON, kind="minor")
    quick = drafts.open_again(shown, alice, at=now, kind=Draft.Kind.CORRECTION)
    save(quick, alice, body="<p>He came on Tuesday.</p>\n<p>It rained.</p>")
    take("submit", quick, alice, now)
    take("approve", quick, bob, now)
    take("publish", quick, bob, now, kind="correction", line="He came on Tuesday.")
    assert Schedule.objects.get().state == "stopped"
    rewrite.refresh_from_db()
    assert (rewrite.standing, rewrite.approved_revision) == ("in_review", None)
    assert rewrite.head is not None
    assert "Tuesday" in rewrite.head.body
    assert "And more." in rewrite.head.body
    assert due.sweep(MINUTE) == 0


@pytest.mark.django_db
@pytest.mark.parametrize("many", [1, 12])
def test_the_sweep_takes_all_that_is_due(many: int) -> None:
    place = section()
    for _ in range(many):
        scheduled_story(due_at=MINUTE, section=place)
    assert due.sweep(MINUTE) == many
    assert access.published(MINUTE).count() == many

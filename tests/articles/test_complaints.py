"""Looking into a complaint: the clock, who has it, the decision, the answer, and forgetting who asked."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from articles import complaints
from articles.complaints import Change
from articles.models import Complaint, ComplaintEntry
from articles.refusals import Refused, Stale
from newsroom.accounts.models import Person
from newsroom.mail.models import Letter
from newsroom.notices.models import Notice
from tests.factories import articles as make
from tests.factories.accounts import person

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def legal(db: None) -> Person:
    return person("legal")


def change(complaint: Complaint, by: Person, at: datetime, state: str = "looking", **facts: Any) -> Complaint:
    complaint.refresh_from_db()
    to = Change(state=state, **facts)
    return complaints.change(complaint=complaint, person=by, expected_version=complaint.version, to=to, at=at)


# ---- the clock ----


@pytest.mark.parametrize(
    ("days", "state", "words"),
    [
        (0, "fine", "Due in 28 days"),
        (20.5, "fine", "Due in 8 days"),
        (21, "warn", "Due in 7 days"),
        (27, "warn", "Due in 1 day"),
        (28.5, "warn", "Due today"),
        (29, "stop", "1 day overdue"),
        (58, "stop", "30 days overdue"),
    ],
)
def test_the_clock_says_it_in_words(days: float, state: str, words: str) -> None:
    one = make.complaint()
    found = complaints.clock(one, one.received_at + days * DAY)
    assert (found.state, found.words) == (state, words)


def test_a_decision_stops_the_clock(bob: Person) -> None:
    in_time, late = make.complaint(state="upheld", decided_by=bob), make.complaint(state="upheld", decided_by=bob)
    late.decided_at = late.due_at + 2 * DAY
    far = late.due_at + 400 * DAY
    assert complaints.clock(in_time, far).words == "Decided in time"
    assert complaints.clock(late, far).words == "Decided 2 days late"


def test_overdue_counts_what_the_clock_calls_so(bob: Person) -> None:
    one = make.complaint()
    make.complaint(state="upheld", decided_by=bob)
    make.complaint(set_aside=True)
    for days in (27, 28, 28.5, 29, 40):
        at = one.received_at + days * DAY
        counted = complaints.overdue(at).count()
        assert counted == ("overdue" in complaints.clock(one, at).words), days


# ---- changing ----


def test_who_looks_into_it_has_it(bob: Person, now: datetime) -> None:
    one = change(make.complaint(), bob, now)
    assert (one.state, one.owner, one.version) == ("looking", bob, 2)
    assert {entry.act for entry in one.entries.all()} == {"set it to “Looking into it”", "took it"}


def test_given_to_somebody_who_is_told(bob: Person, legal: Person, now: datetime) -> None:
    change(make.complaint(), bob, now, owner_id=legal.pk)
    assert [(row.person, row.title) for row in Notice.objects.all()] == [(legal, "Bob Barrow gave you a complaint")]


def test_a_decision_names_who_when_and_what_was_found(bob: Person, legal: Person, now: datetime) -> None:
    one = make.complaint()
    with pytest.raises(Refused) as refused:
        change(one, bob, now, state="upheld")
    assert list(refused.value.messages) == ["outcome"]
    one = change(one, bob, now, state="upheld", outcome="It was the bridge.", owner_id=bob.pk)
    assert (one.decided_at, one.decided_by, one.outcome) == (now, bob, "It was the bridge.")
    # Mending a word of the outcome later is not another decision.
    one = change(one, legal, now + DAY, state="upheld", outcome="It was the old bridge.", owner_id=bob.pk)
    assert (one.decided_at, one.decided_by) == (now, bob)
    one = change(one, legal, now + DAY, state="not_upheld", outcome="It was the river.", owner_id=bob.pk)
    assert (one.decided_at, one.decided_by) == (now + DAY, legal)
    one = change(one, legal, now + DAY, state="looking", outcome="It was the river.", owner_id=bob.pk)
    assert (one.decided_at, one.decided_by) == (None, None)


def test_the_correction_that_followed_is_of_the_same_story(bob: Person, now: datetime) -> None:
    one = make.complaint()
    ours = make.update(one.story, kind="correction", line="The queue reached the bridge.")
    theirs = make.update(make.published_story(), kind="correction")
    for wrong in (theirs.pk, 0, 10**12):
        with pytest.raises(Refused) as refused:
            change(one, bob, now, update_id=wrong)
        assert list(refused.value.messages) == ["update"]
    one = change(one, bob, now, update_id=ours.pk)
    assert one.update == ours
    assert one.entries.filter(act="tied a correction to it", words="The queue reached the bridge.").exists()


@pytest.mark.parametrize(
    ("field", "facts"),
    [
        ("state", {"state": "x"}),
        ("state", {"state": ""}),
        ("owner", {"owner_id": 0}),
        ("outcome", {"outcome": "x" * 5001}),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(
    bob: Person, now: datetime, field: str, facts: dict[str, Any]
) -> None:
    one = make.complaint()
    with pytest.raises(Refused) as refused:
        change(one, bob, now, **facts)
    assert list(refused.value.messages) == [field]
    assert not one.entries.exists()


def test_only_handlers_can_have_one(bob: Person, alice: Person, now: datetime) -> None:
    with pytest.raises(Refused) as refused:
        change(make.complaint(), bob, now, owner_id=alice.pk)
    assert list(refused.value.messages) == ["owner"]


@pytest.mark.parametrize("role", ["reporter", "marketing", "administrator", "picture_editor"])
def test_the_rules_refuse_others_as_well_as_the_doors(role: str, now: datetime) -> None:
    one, outsider = make.complaint(contact="r@example.org"), person(role)
    acts: list[Callable[[], Any]] = [
        lambda: change(one, outsider, now),
        lambda: complaints.answer(complaint=one, person=outsider, expected_version=1, words="Hm", at=now),
        lambda: complaints.bring_in(complaint=one, person=outsider, expected_version=1, at=now),
    ]
    for act in acts:
        with pytest.raises(Refused, match="editors and legal"):
            act()
    assert not ComplaintEntry.objects.exists()


def test_who_comes_second_is_told_who_was_first(bob: Person, legal: Person, now: datetime) -> None:
    one = make.complaint()
    change(one, bob, now)
    with pytest.raises(Stale, match="Bob Barrow changed this complaint"):
        complaints.change(
            complaint=one, person=legal, expected_version=1, to=Change("resolved", outcome="Settled."), at=now
        )
    assert Complaint.objects.get().state == "looking"


@pytest.mark.django_db(transaction=True)
def test_of_two_who_decide_at_once_one_wins(bob: Person, legal: Person, now: datetime) -> None:
    one, gate, late = make.complaint(), threading.Barrier(2), []

    def decide(who: Person, state: str) -> None:
        gate.wait()
        try:
            complaints.change(complaint=one, person=who, expected_version=1, to=Change(state, outcome="So."), at=now)
        except Stale:
            late.append(who)
        connection.close()

    pressed = [threading.Thread(target=decide, args=pair) for pair in ((bob, "upheld"), (legal, "not_upheld"))]
    for thread in pressed:
        thread.start()
    for thread in pressed:
        thread.join()
    assert len(late) == 1
    assert Complaint.objects.get().decided_by != late[0]
    assert one.entries.filter(act__startswith="set it to").count() == 1


def test_the_database_keeps_decisions_whole_and_entries_for_ever(bob: Person, now: datetime) -> None:
    one = make.complaint()
    for facts in ({"state": "upheld"}, {"decided_at": now}, {"contact_erased_at": now, "contact": "r@example.org"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Complaint.objects.filter(pk=one.pk).update(**facts)
    change(one, bob, now)
    for act in (lambda: ComplaintEntry.objects.update(words="x"), lambda: ComplaintEntry.objects.all().delete()):
        with pytest.raises(IntegrityError), transaction.atomic():
            act()


def test_brought_in_from_what_was_set_aside(bob: Person, now: datetime) -> None:
    one = make.complaint(set_aside=True)
    complaints.bring_in(complaint=one, person=bob, expected_version=1, at=now)
    one.refresh_from_db()
    assert not one.set_aside
    assert one.entries.get().act == "brought it in"


# ---- the quoted words ----


def test_it_is_said_whether_the_words_stand_in_the_story(bob: Person) -> None:
    story = make.published_story(body="<p>The queue reached the <strong>river</strong>.</p>")
    one = make.complaint(story, quoted="the queue reached THE river")
    assert complaints.stands(one) == complaints.Stands(then=True, now=True)
    story.published_revision = make.revision(story.draft, author=bob, body="<p>The queue reached the bridge.</p>")
    assert complaints.stands(one) == complaints.Stands(then=True, now=False)
    assert complaints.stands(make.complaint(story, quoted="never said")) == complaints.Stands(False, False)
    assert complaints.stands(make.complaint(story)) is None


# ---- the answer ----


def test_the_answer_goes_once_to_the_address(bob: Person, now: datetime) -> None:
    one = make.complaint(
        make.published_story(headline="The gates open"), contact="reader@example.org", quoted="the river"
    )
    complaints.answer(complaint=one, person=bob, expected_version=1, words="You are right, & thank you.", at=now)
    letter = Letter.objects.get()
    assert letter.to == "reader@example.org"
    for words in ("You are right, & thank you.", "“The gates open”", "The queue never reached the river.", one.page):
        assert words in letter.text
    assert one.entries.get().act == "answered by mail"
    with pytest.raises(Stale):  # pressed twice, from one page
        complaints.answer(complaint=one, person=bob, expected_version=1, words="You are right.", at=now)
    assert Letter.objects.count() == 1


@pytest.mark.parametrize("words", ["", " \n", "x" * 5001])
def test_an_answer_that_cannot_go_is_refused(bob: Person, now: datetime, words: str) -> None:
    one = make.complaint(contact="reader@example.org")
    with pytest.raises(Refused) as refused:
        complaints.answer(complaint=one, person=bob, expected_version=1, words=words, at=now)
    assert list(refused.value.messages) == ["words"]
    assert not Letter.objects.exists()


def test_without_an_address_there_is_no_answer(bob: Person, now: datetime) -> None:
    one = make.complaint(contact="reader@example.org")
    Complaint.objects.filter(pk=one.pk).update(contact="", contact_erased_at=now)  # while the page was open
    with pytest.raises(Refused, match="no address"):
        complaints.answer(complaint=one, person=bob, expected_version=1, words="Hm", at=now)
    assert not Letter.objects.exists()
    assert not one.entries.exists()


def test_an_address_that_the_mail_cannot_write_to_is_said(bob: Person, now: datetime) -> None:
    one = make.complaint(contact="zoë@example.org")
    with pytest.raises(Refused, match="No letter can be written"):
        complaints.answer(complaint=one, person=bob, expected_version=1, words="Hm", at=now)
    assert not one.entries.exists()


# ---- forgetting and reminding ----


def test_addresses_are_erased_when_their_time_is_over(bob: Person, now: datetime) -> None:
    decided = make.complaint(contact="a@example.org", state="upheld", decided_by=bob)
    waiting = make.complaint(contact="b@example.org")
    complaints.answer(complaint=decided, person=bob, expected_version=1, words="You are right.", at=now)
    Letter.objects.update(state="sent")
    half_a_year = complaints.CONTACT_KEPT

    assert complaints.forget(decided.decided_at + half_a_year) == 0
    assert complaints.forget(decided.decided_at + half_a_year + DAY) == 1
    decided.refresh_from_db()
    assert decided.contact == ""
    assert decided.contact_erased_at
    assert Letter.objects.get().to == "forgotten", "the mail's ledger would still name them"
    assert decided.entries.first().act == "the address was erased"
    assert Complaint.objects.get(pk=waiting.pk).contact == "b@example.org"
    assert complaints.forget(waiting.due_at + half_a_year + DAY) == 1, "nobody decided: it is not kept for ever"


def test_another_complaint_s_letters_are_left_alone(bob: Person, now: datetime) -> None:
    made = [make.complaint(contact="a@example.org", state="upheld", decided_by=bob) for _ in range(12)]
    first, last = made[0], made[-1]
    Letter.objects.create(key=f"complaint:{first.pk}0:answer:1", to="z@example.org", content=b"", state="sent")
    Letter.objects.create(key=f"complaint:{last.pk}:answer:1", to="z@example.org", content=b"x", state="planned")
    complaints.forget(now + 400 * DAY)
    assert set(Letter.objects.values_list("to", flat=True)) == {"z@example.org"}


def test_what_was_set_aside_goes_after_a_month_unless_somebody_touched_it(bob: Person, now: datetime) -> None:
    make.complaint(set_aside=True, wrong="robot")
    touched = make.complaint(set_aside=True, wrong="person")
    complaints.bring_in(complaint=touched, person=bob, expected_version=1, at=now)
    make.complaint(wrong="real")
    noted = make.complaint(set_aside=True, wrong="noted")
    ComplaintEntry.objects.create(complaint=noted, act="looked at it", person=bob, at=now)
    complaints.forget(make.AT + 29 * DAY)
    assert Complaint.objects.count() == 4
    complaints.forget(make.AT + 31 * DAY)
    assert set(Complaint.objects.values_list("wrong", flat=True)) == {"person", "real", "noted"}


def test_three_days_before_the_owner_is_told_once(bob: Person, legal: Person, now: datetime) -> None:
    owned, free = make.complaint(owner=bob, state="looking"), make.complaint()
    make.complaint(state="upheld", decided_by=bob)
    make.complaint(set_aside=True)
    complaints.remind(owned.due_at - 4 * DAY)
    assert not Notice.objects.exists()
    complaints.remind(owned.due_at - 3 * DAY)
    complaints.remind(owned.due_at - 2 * DAY)
    assert [row.person for row in Notice.objects.filter(key=f"complaint:{owned.pk}:due")] == [bob]
    everybody = [row.person for row in Notice.objects.filter(key=f"complaint:{free.pk}:due")]
    assert sorted(one.pk for one in everybody) == sorted(one.pk for one in complaints.handlers())
    assert {bob, legal} <= set(everybody)
    assert Notice.objects.values("key").distinct().count() == 2, "decided ones and robots' are not due"


def test_of_one_whose_owner_has_left_everybody_is_told(bob: Person, legal: Person, now: datetime) -> None:
    gone = person("editor", name="Nora Gone")
    make.complaint(owner=gone, state="looking", at=now - 26 * DAY)
    Person.objects.filter(pk=gone.pk).update(is_active=False)
    complaints.remind(now)
    told = set(Notice.objects.values_list("person__name", flat=True))
    assert {bob.name, legal.name} <= told

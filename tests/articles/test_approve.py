"""Two people stand behind what is published (promise 3), and an approval is of the words that were read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from articles import workflow
from articles.models import Draft, MoveLog, Revision
from newsroom.accounts.models import Person
from newsroom.outbox.models import Event
from tests.factories.accounts import person
from tests.factories.articles import section, story

Save = Callable[..., Revision]
ALONE = "yours alone"


@pytest.fixture
def both(db: None) -> Person:
    """Somebody who holds every role there is."""
    return person("reporter", "editor", "administrator", name="Robin Both")


def in_review(owner: Person, **facts: object) -> Draft:
    return story(owner=owner, standing=Draft.Standing.IN_REVIEW, **facts).draft  # type: ignore[attr-defined, no-any-return, arg-type]


def approve(draft: Draft, by: Person, at: datetime) -> MoveLog:
    draft.refresh_from_db()
    return workflow.approve(draft=draft, person=by, expected_version=draft.version, at=at)


def refused(draft: Draft, by: Person, at: datetime, because: str) -> None:
    with pytest.raises(workflow.Refused, match=because):
        approve(draft, by, at)
    draft.refresh_from_db()
    assert draft.standing == Draft.Standing.IN_REVIEW
    assert draft.approved_revision is None


def test_an_editor_approves_a_reporters_words(alice: Person, bob: Person, now: datetime) -> None:
    draft = in_review(alice)
    log = approve(draft, bob, now)
    draft.refresh_from_db()
    assert (draft.standing, draft.approved_revision_id, draft.approved_by) == ("approved", draft.head_id, bob)
    assert log.revision_id == draft.head_id
    event = Event.objects.get()
    assert (event.kind, event.payload["revision_id"]) == ("moved.approve", draft.head_id)


def test_nobody_approves_their_own_whatever_roles_they_hold(both: Person, bob: Person, now: datetime) -> None:
    draft = in_review(both)
    refused(draft, both, now, ALONE)
    approve(draft, bob, now)


def test_a_reporter_does_not_approve(alice: Person, bob: Person, now: datetime) -> None:
    refused(in_review(bob), alice, now, "for an editor")


def test_an_editor_who_mended_a_reporters_draft_may_approve_it(
    alice: Person, bob: Person, now: datetime, save: Save
) -> None:
    draft = in_review(alice)
    save(draft, bob, body="<p>The gates opened at ten.</p>")
    approve(draft, bob, now)


def test_where_the_section_is_strict_the_approver_changed_nothing(
    alice: Person, bob: Person, carol: Person, now: datetime, save: Save
) -> None:
    draft = in_review(alice, section=section("Investigations", strict_review=True))
    save(draft, bob, body="<p>The gates opened at ten.</p>")
    refused(draft, bob, now, "changed nothing")
    approve(draft, carol, now)


def test_changes_after_an_approval_are_counted_from_it(
    alice: Person, bob: Person, carol: Person, now: datetime, save: Save
) -> None:
    """Alice's words were approved; what Bob adds after that is his alone, although Alice wrote in this draft too."""
    draft = in_review(alice)
    approve(draft, carol, now)
    save(draft, bob, body="<p>Bob's own ending.</p>")
    refused(draft, bob, now, ALONE)
    approve(draft, carol, now)


def test_a_colleagues_comma_that_comes_and_goes_makes_no_second_author(
    alice: Person, bob: Person, carol: Person, now: datetime, save: Save
) -> None:
    draft = in_review(bob)
    words = draft.head.body  # type: ignore[union-attr]
    save(draft, alice, body=words.replace("nine", "nine,"))
    save(draft, bob, body=words)
    refused(draft, bob, now, ALONE)
    approve(draft, carol, now)


def test_saving_the_same_words_makes_no_second_author(bob: Person, alice: Person, now: datetime, save: Save) -> None:
    draft = in_review(bob)
    save(draft, alice)
    refused(draft, bob, now, ALONE)


def test_words_approved_once_are_not_their_authors_to_approve_again(both: Person, bob: Person, now: datetime) -> None:
    draft = in_review(both)
    approve(draft, bob, now)
    draft.refresh_from_db()
    workflow.request_changes(
        draft=draft, person=bob, expected_version=draft.version, at=now, reason="Wait for the palace."
    )
    draft.refresh_from_db()
    workflow.submit(draft=draft, person=both, expected_version=draft.version, at=now)
    refused(draft, both, now, ALONE)
    approve(draft, bob, now)


def test_going_back_to_the_approved_words_is_not_its_authors_to_approve(
    both: Person, bob: Person, now: datetime, save: Save
) -> None:
    draft = in_review(both)
    words = draft.head.body  # type: ignore[union-attr]
    approve(draft, bob, now)
    save(draft, both, body="<p>Other words.</p>")
    save(draft, both, body=words)
    refused(draft, both, now, ALONE)


def test_newer_words_are_read_before_they_are_approved(alice: Person, bob: Person, now: datetime, save: Save) -> None:
    """Bob's screen shows version 1; Alice saves; Bob presses Approve."""
    draft = in_review(alice)
    read = draft.version
    save(draft, alice, body="<p>Something else entirely.</p>")
    with pytest.raises(workflow.Late, match=r"Alice Ashdown saved newer words .* Read them first"):
        workflow.approve(draft=draft, person=bob, expected_version=read, at=now)


def test_the_checks_hold_an_approval_back_and_leave_no_trace(alice: Person, bob: Person, now: datetime) -> None:
    draft = in_review(alice, body="<p>She said “never again”.</p>")
    with pytest.raises(workflow.Refused) as stopped:
        approve(draft, bob, now)
    assert [check.where for check in stopped.value.problems] == ["body:0"]  # type: ignore[attr-defined]
    draft.refresh_from_db()
    assert (draft.standing, draft.version) == ("in_review", 1)
    assert not MoveLog.objects.filter(move="approve").exists()
    assert not Event.objects.exists()


def test_requesting_changes_says_what_and_ends_an_approval(alice: Person, bob: Person, now: datetime) -> None:
    draft = in_review(alice)
    approve(draft, bob, now)
    draft.refresh_from_db()
    with pytest.raises(workflow.Refused) as nothing_said:
        workflow.request_changes(draft=draft, person=bob, expected_version=draft.version, at=now, reason="  ")
    assert list(nothing_said.value.messages) == ["reason"]

    log = workflow.request_changes(
        draft=draft, person=bob, expected_version=draft.version, at=now, reason="Name the tailor."
    )
    draft.refresh_from_db()
    assert (draft.standing, draft.approved_revision, draft.approved_by) == ("changes_requested", None, None)
    assert log.reason == "Name the tailor."


def test_an_update_without_changes_is_not_submitted(alice: Person, now: datetime) -> None:
    from articles import drafts
    from tests.factories.articles import published_story

    draft = drafts.open_again(published_story(owner=alice), alice, at=now)
    with pytest.raises(workflow.Refused, match="Nothing has changed"):
        workflow.submit(draft=draft, person=alice, expected_version=draft.version, at=now)


def test_moves_for_says_why_not(alice: Person, bob: Person) -> None:
    draft = in_review(bob)
    by_name = {choice.move.name: choice for choice in workflow.moves_for(bob, draft)}
    assert not by_name["approve"].allowed
    assert ALONE in by_name["approve"].why_not
    assert by_name["request-changes"].allowed
    assert "publish" not in by_name
    assert not any(choice.allowed for choice in workflow.moves_for(alice, draft))

"""Publishing: readers see the approved revision, and no other."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from django.db import DatabaseError, transaction

from articles import access, drafts, workflow
from articles.models import Draft, MoveLog, Revision, Story, Update
from newsroom.accounts.models import Person
from newsroom.outbox.models import Event
from tests.factories.articles import published_story, story

Later = Callable[[int], datetime]
Save = Callable[..., Revision]


def publish(draft: Draft, by: Person, at: datetime, **answers: str) -> MoveLog:
    return workflow.publish(draft=draft, person=by, expected_version=draft.version, at=at, **answers)


def approved(owner: Person, approver: Person, **facts: object) -> Draft:
    return story(owner=owner, standing=Draft.Standing.APPROVED, approver=approver, **facts).draft  # type: ignore[attr-defined, no-any-return, arg-type]


def test_readers_see_the_approved_revision_and_who_approved_it(alice: Person, bob: Person, now: datetime) -> None:
    draft = approved(alice, bob)
    assert not access.published(now).exists()

    log = publish(draft, bob, now)

    seen = access.published(now).get()
    assert seen.published_revision_id == draft.head_id == log.revision_id
    assert seen.approved_by == bob
    assert seen.first_published_at == seen.visible_updated_at == now
    draft.refresh_from_db()
    assert draft.standing == Draft.Standing.CLOSED


def test_an_approval_does_not_pass_to_words_saved_later(alice: Person, bob: Person, now: datetime, save: Save) -> None:
    """Promise 2."""
    draft = approved(alice, bob)
    newer = save(draft, alice, body="<p>Words that Bob never saw.</p>")

    assert draft.standing == Draft.Standing.IN_REVIEW
    assert draft.approved_revision is None
    with pytest.raises(workflow.Refused):
        publish(draft, bob, now)
    assert not access.published(now).exists()
    # And the log says what happened to the approval.
    assert MoveLog.objects.filter(draft=draft, move="change", revision=newer, person=alice).exists()


def test_what_goes_out_is_the_approved_revision_even_where_the_head_is_newer(
    alice: Person, bob: Person, now: datetime
) -> None:
    """Promise 2, behind the guard in drafts.save: publish reads approved_revision, never head."""
    from tests.factories.articles import revision

    draft = approved(alice, bob)
    right = draft.approved_revision
    Draft.objects.filter(pk=draft.pk).update(head=revision(draft, author=alice, body="<p>Newer words.</p>"))

    publish(draft, bob, now)

    assert access.published(now).get().published_revision == right


def test_saving_changes_nothing_that_readers_see(alice: Person, now: datetime, save: Save) -> None:
    """Promise 1."""
    shown = published_story(owner=alice)
    before = Story.objects.values().get(pk=shown.pk)
    draft = drafts.open_again(shown, alice, at=now)
    save(draft, alice, headline="Another headline", body="<p>Other words.</p>")
    workflow.submit(draft=draft, person=alice, expected_version=draft.version, at=now)

    assert Story.objects.values().get(pk=shown.pk) == before


def test_the_database_stores_no_published_story_without_its_parts(alice: Person) -> None:
    made = story(owner=alice)
    with pytest.raises(DatabaseError), transaction.atomic():
        Story.objects.filter(pk=made.pk).update(readers="published")


def test_a_draft_without_a_named_approval_cannot_be_stored_as_approved(alice: Person) -> None:
    made = story(owner=alice)
    with pytest.raises(DatabaseError), transaction.atomic():
        Draft.objects.filter(story=made).update(standing="approved")


@pytest.mark.parametrize(
    ("kind", "line", "moves"),
    [
        ("minor", "", False),
        ("update", "Adds the second carriage.", True),
        ("clarification", "Says which castle.", True),
        ("correction", "The visit was on Tuesday.", True),
    ],
)
def test_one_clock(alice: Person, bob: Person, later: Later, save: Save, kind: str, line: str, moves: bool) -> None:
    """Promise 10."""
    shown = published_story(owner=alice, approver=bob)
    draft = drafts.open_again(shown, alice, at=later(5))
    save(draft, alice, body="<p>The second version.</p>", at=later(6))
    workflow.submit(draft=draft, person=alice, expected_version=draft.version, at=later(7))
    draft.refresh_from_db()
    workflow.approve(draft=draft, person=bob, expected_version=draft.version, at=later(8))
    draft.refresh_from_db()

    publish(draft, bob, later(9), kind=kind, line=line)

    now_seen = access.published(later(10)).get()
    assert now_seen.published_revision == draft.approved_revision
    assert now_seen.first_published_at == shown.first_published_at
    assert now_seen.visible_updated_at == (later(9) if moves else shown.visible_updated_at)
    note = Update.objects.get(story=shown)
    assert (note.kind, note.line, note.revision_id) == (kind, line, draft.approved_revision_id)


def test_first_publication_never_moves_whoever_asks(alice: Person, later: Later) -> None:
    shown = published_story(owner=alice)
    with pytest.raises(DatabaseError), transaction.atomic():
        Story.objects.filter(pk=shown.pk).update(first_published_at=later(0), visible_updated_at=later(1))


@pytest.mark.parametrize(
    ("kind", "line", "field"),
    [
        ("", "", "kind"),
        ("nonsense", "x", "kind"),
        ("update", "", "line"),
        ("update", "  ", "line"),
        ("correction", "", "line"),
        ("minor", "Told", "line"),
        ("update", "x" * 301, "line"),
    ],
)
def test_publishing_again_asks_what_kind_of_change_it_is(
    alice: Person, bob: Person, later: Later, save: Save, kind: str, line: str, field: str
) -> None:
    shown = published_story(owner=alice, approver=bob)
    draft = again(shown, alice, bob, later, save)
    with pytest.raises(workflow.Refused) as refused:
        publish(draft, bob, later(9), kind=kind, line=line)
    assert list(refused.value.messages) == [field]
    draft.refresh_from_db()
    assert draft.standing == Draft.Standing.APPROVED
    assert not Update.objects.exists()


def again(shown: Story, writer: Person, approver: Person, later: Later, save: Save) -> Draft:
    draft = drafts.open_again(shown, writer, at=later(1))
    save(draft, writer, body="<p>The next version.</p>", at=later(2))
    workflow.submit(draft=draft, person=writer, expected_version=draft.version, at=later(3))
    draft.refresh_from_db()
    workflow.approve(draft=draft, person=approver, expected_version=draft.version, at=later(4))
    draft.refresh_from_db()
    return draft


def test_a_draft_that_began_from_older_words_does_not_overwrite_newer_ones(
    alice: Person, bob: Person, later: Later, save: Save
) -> None:
    shown = published_story(owner=alice, approver=bob)
    draft = again(shown, alice, bob, later, save)
    correction = drafts.open_again(shown, alice, at=later(5), kind=Draft.Kind.CORRECTION)
    save(correction, alice, body="<p>The date mended.</p>", at=later(5))
    workflow.submit(draft=correction, person=alice, expected_version=correction.version, at=later(5))
    correction.refresh_from_db()
    workflow.approve(draft=correction, person=bob, expected_version=correction.version, at=later(6))
    correction.refresh_from_db()
    publish(correction, bob, later(7), kind="correction", line="The visit was on Tuesday.")

    with pytest.raises(workflow.Late, match="published other words of this story"):
        publish(draft, bob, later(8), kind="update", line="More.")
    draft.refresh_from_db()
    assert draft.standing == Draft.Standing.IN_REVIEW
    # Whatever else keeps an old beginning is stopped as well.
    Draft.objects.filter(pk=draft.pk).update(
        standing="approved",
        approved_revision=draft.head,
        approved_by=bob,
        base_revision=correction.base_revision,
    )
    draft.refresh_from_db()
    with pytest.raises(workflow.Refused, match="newer version"):
        publish(draft, bob, later(8), kind="update", line="More.")
    assert access.published(later(9)).get().published_revision == correction.approved_revision


def test_the_event_leaves_with_the_move_or_not_at_all(alice: Person, bob: Person, now: datetime) -> None:
    """Promise 22."""
    draft = approved(alice, bob)
    Event.objects.all().delete()
    with transaction.atomic():
        publish(draft, bob, now)
        transaction.set_rollback(True)  # the machine stops here
    assert not Event.objects.exists()
    assert not access.published(now).exists()

    draft.refresh_from_db()
    publish(draft, bob, now)
    event, _ = Event.objects.order_by("pk")
    assert [one.kind for one in Event.objects.order_by("pk")] == ["story.published", "moved.publish"]
    assert event.payload == {"story_id": draft.story_id, "revision_id": draft.approved_revision_id}


def test_a_reporter_does_not_publish(alice: Person, bob: Person, now: datetime) -> None:
    with pytest.raises(workflow.Refused, match="for an editor"):
        publish(approved(alice, bob), alice, now)


def test_the_log_is_only_added_to(alice: Person, bob: Person, now: datetime) -> None:
    log = publish(approved(alice, bob), bob, now)
    with pytest.raises(DatabaseError), transaction.atomic():
        MoveLog.objects.filter(pk=log.pk).update(person=alice)
    with pytest.raises(DatabaseError), transaction.atomic():
        log.delete()

"""Withdrawing takes a story from readers in one move."""

from __future__ import annotations

from datetime import datetime

import pytest

from articles import access, drafts, workflow
from articles.content import ContentRefused
from articles.models import Draft, MoveLog
from newsroom.accounts.models import Person
from newsroom.outbox.models import Event
from tests.factories.articles import published_story, story


def test_readers_see_nothing_from_then_on(alice: Person, bob: Person, now: datetime) -> None:
    shown = published_story(owner=alice)
    log = workflow.withdraw(
        story=shown,
        person=bob,
        expected_version=shown.version,
        at=now,
        reason="The palace denies it.",
        notice="This story was wrong.",
    )
    assert not access.published(now).exists()
    shown.refresh_from_db()
    assert (shown.readers, shown.withdrawn_at) == ("withdrawn", now)
    assert (shown.withdrawn_reason, shown.withdrawn_notice) == ("The palace denies it.", "This story was wrong.")
    assert (log.move, log.reason, log.revision_id) == ("withdraw", "The palace denies it.", shown.published_revision_id)
    event = Event.objects.get(kind="story.withdrawn")
    assert (event.kind, event.payload) == ("story.withdrawn", {"story_id": shown.pk})


def test_it_asks_why(alice: Person, bob: Person, now: datetime) -> None:
    shown = published_story(owner=alice)
    with pytest.raises(workflow.Refused) as refused:
        workflow.withdraw(story=shown, person=bob, expected_version=shown.version, at=now, reason="")
    assert list(refused.value.messages) == ["reason"]
    assert access.published(now).exists()


def test_a_reporter_does_not_withdraw(alice: Person, now: datetime) -> None:
    shown = published_story(owner=alice)
    with pytest.raises(workflow.Refused, match="for an editor"):
        workflow.withdraw(story=shown, person=alice, expected_version=shown.version, at=now, reason="Why not")
    assert access.published(now).exists()


def test_what_nobody_saw_cannot_be_withdrawn(alice: Person, bob: Person, now: datetime) -> None:
    made = story(owner=alice)
    with pytest.raises(workflow.Refused, match="does not fit"):
        workflow.withdraw(story=made, person=bob, expected_version=made.version, at=now, reason="Why not")


def test_the_second_to_withdraw_is_told_of_the_first(alice: Person, bob: Person, carol: Person, now: datetime) -> None:
    shown = published_story(owner=alice)
    workflow.withdraw(story=shown, person=bob, expected_version=shown.version, at=now, reason="Wrong")
    with pytest.raises(workflow.Late, match="Bob Barrow withdrew this"):
        workflow.withdraw(story=shown, person=carol, expected_version=shown.version, at=now, reason="Wrong")
    assert MoveLog.objects.filter(move="withdraw").count() == 1


def test_an_approved_update_does_not_bring_a_withdrawn_story_back(alice: Person, bob: Person, now: datetime) -> None:
    shown = published_story(owner=alice)
    draft = drafts.open_again(shown, alice, at=now)
    revision = drafts.save(
        draft.pk,
        person=alice,
        expected_version=draft.version,
        content=drafts.Content(headline="Newer", body="<p>Newer words.</p>"),
        at=now,
    )
    Draft.objects.filter(pk=draft.pk).update(standing="approved", approved_revision=revision, approved_by=bob)
    workflow.withdraw(story=shown, person=bob, expected_version=shown.version, at=now, reason="Wrong")
    draft.refresh_from_db()
    with pytest.raises(workflow.Refused, match="withdrawn"):
        workflow.publish(draft=draft, person=bob, expected_version=draft.version, at=now, kind="minor")
    assert not access.published(now).exists()


def test_a_withdrawn_story_comes_back_with_mended_words_and_never_with_the_others(
    alice: Person, bob: Person, now: datetime
) -> None:
    shown = published_story(owner=alice, body="<p>He took the money.</p>")
    workflow.withdraw(story=shown, person=bob, expected_version=shown.version, at=now, reason="Libel", notice="Gone.")
    with pytest.raises(ContentRefused, match="nothing to correct quickly"):
        drafts.open_again(shown, alice, at=now, kind=Draft.Kind.CORRECTION)
    draft = drafts.open_again(shown, alice, at=now)
    Draft.objects.filter(pk=draft.pk).update(standing="approved", approved_revision=draft.head, approved_by=bob)
    draft.refresh_from_db()
    with pytest.raises(workflow.Refused, match="Nothing has changed"):
        take("mend", draft, bob, now, kind="minor")
    Draft.objects.filter(pk=draft.pk).update(standing="draft", approved_revision=None, approved_by=None)
    draft.refresh_from_db()
    words = drafts.Content(headline="The gates open", body="<p>He was lent the money.</p>")
    drafts.save(draft.pk, person=alice, expected_version=draft.version, content=words, at=now)
    for name in ("submit", "approve"):
        draft.refresh_from_db()
        take(name, draft, alice if name == "submit" else bob, now)
    draft.refresh_from_db()
    offered = {choice.move.name for choice in workflow.moves_for(bob, draft, at=now) if choice.allowed}
    assert "mend" in offered
    assert "publish" not in offered
    assert not access.published(now).exists(), "not before the button is pressed"
    take("mend", draft, bob, now, kind="correction", line="We wrote that he took the money. He was lent it.")
    seen = access.published(now).get()
    assert seen.published_revision is not None
    assert "lent" in seen.published_revision.body
    assert (seen.withdrawn_at, seen.withdrawn_reason, seen.withdrawn_notice) == (None, "", "")
    told = [event.kind for event in Event.objects.order_by("pk")][-3:]
    assert {"story.reinstated", "story.updated"} <= set(told)


def take(name: str, draft: Draft, by: Person, at: datetime, **answers: str) -> None:
    workflow.take(name, subject=draft, person=by, expected_version=draft.version, at=at, **answers)


def test_a_live_story_is_declared_and_ended(alice: Person, bob: Person, now: datetime) -> None:
    shown = published_story(owner=alice)
    workflow.take("declare-live", subject=shown, person=bob, expected_version=shown.version, at=now)
    shown.refresh_from_db()
    assert shown.live
    assert Event.objects.filter(kind="story.changed").count() == 1
    with pytest.raises(workflow.Refused):
        workflow.take("declare-live", subject=shown, person=bob, expected_version=shown.version, at=now)
    with pytest.raises(workflow.Refused, match="for an editor"):
        workflow.take("end-live", subject=shown, person=alice, expected_version=shown.version, at=now)
    workflow.take("end-live", subject=shown, person=bob, expected_version=shown.version, at=now, line="It is over.")
    shown.refresh_from_db()
    assert not shown.live

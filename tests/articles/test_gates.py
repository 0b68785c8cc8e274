"""A legal hold and an embargo: no approval and no editor passes them (promises 3 and 8)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, transaction

from articles import access, moments, workflow
from articles.models import Draft, Story
from articles.moves import BY_NAME
from newsroom.accounts.models import Person
from newsroom.outbox.models import Event
from tests.factories.accounts import person
from tests.factories.articles import published_story, story, withdrawn_story

SOON = "2025-09-12T07:30"  # British Summer Time: 06:30 UTC


@pytest.fixture
def dora(db: None) -> Person:
    return person("legal")


def take(name: str, made: Story, by: Person, at: datetime, **answers: str) -> Story:
    made.refresh_from_db()
    workflow.take(name, subject=made, person=by, expected_version=made.version, at=at, **answers)
    made.refresh_from_db()
    return made


def approved() -> Story:
    return story(standing=Draft.Standing.APPROVED)


def publish(made: Story, by: Person, at: datetime) -> None:
    draft: Draft = made.draft  # type: ignore[attr-defined]
    workflow.publish(draft=draft, person=by, expected_version=draft.version, at=at)


def test_a_held_story_is_not_published_and_the_editor_is_told_by_whom(bob: Person, dora: Person, now: datetime) -> None:
    made = take("hold", approved(), dora, now, reason="The tailor’s lawyers wrote.")
    assert (made.held_by, made.held_at) == (dora, now)
    with pytest.raises(workflow.Refused, match=r"Dora Dean placed a legal hold .* The tailor’s lawyers wrote"):
        publish(made, bob, now)
    assert not access.published(now).exists()
    take("lift-hold", made, dora, now, reason="Settled.")
    publish(made, bob, now)
    assert access.published(now).exists()


def test_a_hold_stops_an_emergency_and_a_reinstatement_too(bob: Person, dora: Person, now: datetime) -> None:
    made = take("hold", story(), dora, now, reason="A letter came.")
    with pytest.raises(workflow.Refused, match="legal hold"):
        workflow.take("emergency-publish", subject=made.draft, person=bob, expected_version=1, at=now, reason="Now")  # type: ignore[attr-defined]
    gone = take("hold", withdrawn_story(), dora, now, reason="A letter came.")
    with pytest.raises(workflow.Refused, match="legal hold"):
        take("reinstate", gone, bob, now, reason="It was right.")
    assert not access.published(now).exists()


def test_only_legal_places_and_lifts(bob: Person, dora: Person, now: datetime) -> None:
    made = story()
    with pytest.raises(workflow.Refused, match="is for legal"):
        take("hold", made, bob, now, reason="Careful")
    take("hold", made, dora, now, reason="A letter came.")
    with pytest.raises(workflow.Refused, match="is for legal"):
        take("lift-hold", made, bob, now, reason="It is fine.")
    with pytest.raises(workflow.Refused, match="does not fit"):
        take("hold", made, dora, now, reason="Again.")


def test_what_readers_see_stays_under_a_hold_and_can_be_withdrawn(bob: Person, dora: Person, now: datetime) -> None:
    shown = take("hold", published_story(), dora, now, reason="A letter came.")
    assert access.published(now).exists()
    take("withdraw", shown, bob, now, reason="Legal asks.")
    assert not access.published(now).exists()


def test_publishing_before_the_embargo_is_refused(bob: Person, now: datetime) -> None:
    made = take("embargo", approved(), bob, now, until=SOON, reason="The palace asks.")
    until = datetime(2025, 9, 12, 6, 30, tzinfo=UTC)
    assert made.embargo_until == until
    with pytest.raises(workflow.Refused, match="embargo until 07:30 BST on 12 September 2025"):
        publish(made, bob, until - timedelta(seconds=1))
    publish(made, bob, until)
    assert access.published(until).exists()


def test_a_published_story_leaves_until_then_and_comes_back_by_itself(bob: Person, now: datetime) -> None:
    shown = take("embargo", published_story(), bob, now, until=SOON, reason="Published too early.")
    until = shown.embargo_until
    assert until
    assert not access.published(now).exists()
    assert access.published(until).get() == shown
    events = {event.kind: event.at for event in Event.objects.all()}
    assert events["story.embargo-ended"] == until
    assert "story.embargoed" in events


def test_lifting_brings_it_back_at_once_and_another_time_replaces_the_first(bob: Person, now: datetime) -> None:
    shown = take("embargo", published_story(), bob, now, until=SOON, reason="Too early.")
    take("embargo", shown, bob, now, until="2025-09-13T07:30", reason="They ask for a day more.")
    assert not access.published(datetime(2025, 9, 12, 12, tzinfo=UTC)).exists()
    take("lift-embargo", shown, bob, now, reason="Others have it.")
    assert access.published(now).exists()


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("tomorrow", "Give a day and a time"),
        ("2025-09-11T10:00", "already"),  # it is 10:00 BST
        ("2026-03-29T01:30", "clocks go forward"),
        ("2035-01-01T10:00", "two years"),
        ("9999-12-31T23:59", "two years"),
        ("0001-01-01T00:00", "already"),
        ("0001-01-01T00:00+14:00", "two years"),
        ("", "needs an answer"),
    ],
)
def test_a_time_that_cannot_be_is_refused_beside_the_field(bob: Person, now: datetime, typed: str, says: str) -> None:
    with pytest.raises(workflow.Refused) as refused:
        take("embargo", story(), bob, now, until=typed, reason="Because")
    assert says in refused.value.messages["until"]


def test_an_hour_that_comes_twice_is_the_first() -> None:
    at = datetime(2025, 10, 1, tzinfo=UTC)
    assert moments.read("2025-10-26T01:30", at=at) == datetime(2025, 10, 26, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize("mark", ["held", "embargo"])
def test_the_database_itself_refuses_to_publish_through_a_gate(bob: Person, dora: Person, mark: str) -> None:
    """Behind the guard in publishing.show: whatever code or console asks for it."""
    gone = withdrawn_story()
    marks = {
        "held": {"held_at": gone.created_at, "held_by": dora, "held_reason": "A letter came."},
        "embargo": {"embargo_until": datetime.now(UTC) + timedelta(hours=1)},
    }
    Story.objects.filter(pk=gone.pk).update(**marks[mark])  # type: ignore[arg-type]
    with pytest.raises(DatabaseError, match="not published"), transaction.atomic():
        Story.objects.filter(pk=gone.pk).update(readers="published")


def test_reinstated_words_are_the_same_and_checked_anew(bob: Person, now: datetime) -> None:
    gone = withdrawn_story(body="<p>They said “never”.</p>")
    with pytest.raises(workflow.Refused, match="not tied"):
        take("reinstate", gone, bob, now, reason="It was right.")
    gone = withdrawn_story(notice="Gone for now.")
    first, revision = gone.first_published_at, gone.published_revision_id
    take("reinstate", gone, bob, now, reason="It was right.")
    seen = access.published(now).get()
    assert (seen.first_published_at, seen.published_revision_id) == (first, revision)
    assert (seen.withdrawn_at, seen.withdrawn_notice) == (None, "")
    assert Event.objects.filter(kind="story.reinstated").exists()


def test_a_spiked_story_moves_no_more_until_it_is_restored(alice: Person, bob: Person, now: datetime) -> None:
    made = take("spike", story(owner=alice), bob, now, reason="Nothing in it.")
    draft: Draft = made.draft  # type: ignore[attr-defined]
    assert {c.move.name for c in workflow.moves_for(bob, Draft.objects.get(pk=draft.pk), at=now)} == {"restore"}
    with pytest.raises(workflow.Refused, match="spiked"):
        workflow.submit(draft=draft, person=alice, expected_version=1, at=now)
    take("restore", made, bob, now)
    workflow.submit(draft=draft, person=alice, expected_version=1, at=now)


def test_what_readers_see_is_not_spiked(bob: Person, now: datetime) -> None:
    shown = published_story()
    with pytest.raises(workflow.Refused, match="does not fit"):
        take("spike", shown, bob, now, reason="Away")
    with pytest.raises(DatabaseError), transaction.atomic():
        Story.objects.filter(pk=shown.pk).update(spiked_at=now)


def test_legal_is_offered_its_moves_alone_and_nobody_else_is(alice: Person, dora: Person, now: datetime) -> None:
    draft: Draft = story().draft  # type: ignore[attr-defined]
    offered = [choice.move.name for choice in workflow.moves_for(dora, draft, at=now) if choice.allowed]
    assert offered == ["hold"]
    assert "hold" not in {choice.move.name for choice in workflow.moves_for(alice, draft, at=now)}
    assert BY_NAME["hold"].who == BY_NAME["lift-hold"].who == ("legal",)

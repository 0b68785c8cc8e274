"""Who is told of a story's moves: by the relay, from the move's own event."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.db import transaction

from articles import workflow
from articles.events import STORY_UPDATED
from articles.models import Byline, Story
from newsroom.accounts.models import Person
from newsroom.notices.models import Notice
from newsroom.outbox import record, relay
from tests.factories import articles as make
from tests.factories.accounts import person
from tests.flush import flush_by_delete  # noqa: F401

pytestmark = pytest.mark.django_db(transaction=True)


def told() -> list[tuple[str, str, str]]:
    """To whom, which kind, in which words."""
    while relay():
        pass
    rows = Notice.objects.order_by("pk").select_related("person")
    return sorted((row.person.name, row.kind.removeprefix("articles."), row.title) for row in rows)


def test_submitted_tells_the_editors(alice: Person, bob: Person, carol: Person, now: datetime) -> None:
    person("legal"), person("marketing"), person("editor", name="Left Long Ago", is_active=False)
    draft = make.story(owner=alice, headline="The gates open").draft
    workflow.submit(draft=draft, person=alice, expected_version=draft.version, at=now)
    words = "Alice Ashdown submitted “The gates open”"
    assert told() == [("Bob Barrow", "submitted", words), ("Carol Crane", "submitted", words)]
    assert Notice.objects.first().url == f"/desk/stories/{draft.story_id}/"


def test_an_editor_s_own_submission_does_not_tell_them(bob: Person, carol: Person, now: datetime) -> None:
    draft = make.story(owner=bob, headline="The gates open").draft
    workflow.submit(draft=draft, person=bob, expected_version=draft.version, at=now)
    assert [who for who, _, _ in told()] == ["Carol Crane"]


def test_changes_requested_tells_owner_and_bylines_what_should_change(
    alice: Person, bob: Person, now: datetime
) -> None:
    dele, moved = person("reporter", name="Dele Okoro"), person("marketing", name="Moved On")
    story = make.story(owner=alice, headline="The gates open", standing="in_review")
    for one in (dele, moved):
        Byline.objects.create(story=story, person=one)
    draft = story.draft
    workflow.request_changes(
        draft=draft, person=bob, expected_version=draft.version, at=now, reason="Who counted the queue?"
    )
    words = "Bob Barrow requested changes to “The gates open”"
    assert told() == [("Alice Ashdown", "changes-requested", words), ("Dele Okoro", "changes-requested", words)]
    assert set(Notice.objects.values_list("detail", "mail")) == {("Who counted the queue?", "waiting")}


def test_approved_and_published_tell_those_behind_it(alice: Person, bob: Person, now: datetime) -> None:
    story = make.story(owner=alice, headline="The gates open", standing="in_review", body="<p>Plain words.</p>")
    draft = story.draft
    workflow.approve(draft=draft, person=bob, expected_version=draft.version, at=now)
    draft.refresh_from_db()
    workflow.publish(draft=draft, person=bob, expected_version=draft.version, at=now)
    assert told() == [
        ("Alice Ashdown", "approved", "Bob Barrow approved “The gates open”"),
        ("Alice Ashdown", "published", "Bob Barrow published “The gates open”"),
    ]


def test_withdrawn_tells_why(alice: Person, bob: Person, now: datetime) -> None:
    story = make.published_story(owner=alice, headline="A diary")
    workflow.withdraw(story=story, person=bob, expected_version=story.version, at=now, reason="It is wrong.")
    assert told() == [("Alice Ashdown", "withdrawn", "Bob Barrow withdrew “A diary”")]
    assert Notice.objects.get().detail == "It is wrong."


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("minor", None),
        ("update", "Bob Barrow published an update of “A diary”"),
        ("correction", "Bob Barrow published a correction of “A diary”"),
    ],
)
def test_a_later_publication_says_which_kind_and_a_minor_one_nothing(
    alice: Person, bob: Person, kind: str, words: str | None
) -> None:
    story: Story = make.published_story(owner=alice, approver=bob, headline="A diary")
    with transaction.atomic():
        record(STORY_UPDATED, story_id=story.pk, revision_id=story.published_revision_id, update_kind=kind)
    assert told() == ([("Alice Ashdown", "published", words)] if words else [])


def test_an_event_that_is_handled_twice_tells_once(alice: Person, bob: Person, now: datetime) -> None:
    from newsroom.outbox.models import Effect

    draft = make.story(owner=alice).draft
    workflow.submit(draft=draft, person=alice, expected_version=draft.version, at=now)
    first = told()
    Effect.objects.update(done_at=None)
    assert told() == first

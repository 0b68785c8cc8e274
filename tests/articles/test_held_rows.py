"""What waits for a row that another connection holds, and asks again once it has it (promises 6 and 11)."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import pytest
from django.db import connection, transaction

from articles import complaints, posting, retractions
from articles.models import LivePost, Quotation, Story
from articles.refusals import MoveRefused
from newsroom.notices.models import Notice
from tests.articles.test_races import waits_for_a_row
from tests.factories.accounts import person
from tests.factories.articles import complaint, published_story, quotation, update

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def while_open(other: Callable[[], Any], then: Callable[[], Any] = lambda: None) -> Iterator[list[Any]]:
    """Do what the block does in a transaction, begin ``other`` on a second connection, and once it waits for the first do
    ``then`` and commit. Its result, or what it raised, stands in the list."""
    found: list[Any] = []

    def run() -> None:
        try:
            found.append(other())
        except Exception as problem:
            found.append(problem)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    with transaction.atomic():
        yield found
        thread.start()
        waits_for_a_row()
        then()
    thread.join(30)


def hold(entry: Quotation) -> None:
    Quotation.objects.select_for_update(no_key=True).get(pk=entry.pk)


def test_a_complaint_that_is_being_decided_is_tied_to_no_correction(now: datetime) -> None:
    one, bob = complaint(), person("editor")
    answered = update(one.story, kind="correction", line="The queue reached the bridge.")  # type: ignore[arg-type]

    def tie() -> Any:
        with transaction.atomic():
            return complaints.tie([one.pk], answered, person=bob, at=now)

    to = complaints.Change("not_upheld", outcome="Nothing was wrong.")
    with while_open(tie) as found:
        complaints.change(complaint=one, person=person("legal"), expected_version=one.version, to=to, at=now)
    assert isinstance(found[0], MoveRefused), found
    assert list(found[0].messages) == ["complaints"]
    one.refresh_from_db()
    assert (one.state, one.update) == ("not_upheld", None)


def test_what_is_being_retracted_is_not_posted(now: datetime) -> None:
    alice, bob = person("reporter"), person("editor")
    said, seen = quotation("It is a lovely day"), published_story(owner=alice, live=True)

    def post() -> LivePost:
        return posting.post(story_id=seen.pk, person=bob, words="He said “It is a lovely day”.", at=now)

    with while_open(post) as found:
        retractions.retract([said.pk], person=bob, at=now, reason="Never said.")
    assert isinstance(found[0], MoveRefused), found
    assert "not tied to a source" in found[0].messages["words"]


def test_of_what_was_posted_at_this_moment_a_retraction_tells(now: datetime) -> None:
    """Without the row held, the retraction would look for stories before the post is there, and tell nobody ever."""
    alice, bob = person("reporter"), person("editor")
    said, seen = quotation("It is a lovely day"), published_story(owner=alice, live=True)

    def retract() -> Any:
        return retractions.retract([said.pk], person=bob, at=now, reason="Never said.")

    with while_open(retract) as found:
        posting.post(story_id=seen.pk, person=bob, words="He said “It is a lovely day”.", at=now)
    assert found == [[seen]]
    assert Quotation.objects.get().state == "retracted"
    assert [one.person for one in Notice.objects.filter(kind="articles.retraction")] == [alice]


def test_one_form_sent_to_two_stories_at_once_is_posted_to_both(now: datetime) -> None:
    """Somebody wrote on in a field whose first answer was lost: what they typed is there, and there once."""
    bob, token = person("editor"), uuid.uuid4()
    first, second = published_story(live=True), published_story(live=True)

    def post(story: Story) -> LivePost:
        return posting.post(story_id=story.pk, person=bob, words="The King is here.", at=now, token=token)

    with while_open(lambda: post(second)) as found:
        post(first)
    assert isinstance(found[0], LivePost), found
    assert post(first).token == token
    assert set(LivePost.objects.values_list("story", flat=True)) == {first.pk, second.pk}
    assert LivePost.objects.count() == 2


def test_entries_are_taken_in_one_order(now: datetime) -> None:
    """A post that quotes two of them, and a retraction of both, would otherwise wait for each other."""
    first, second, bob = quotation("One"), quotation("Two"), person("editor")
    Quotation.objects.filter(pk=first.pk).update(
        verified_by=bob, verified_at=now
    )  # now it lies behind the other in the table

    def retract() -> Any:
        return retractions.retract([first.pk, second.pk], person=bob, at=now, reason="Never said.")

    with while_open(retract, then=lambda: hold(second)) as found:
        hold(first)
    assert found == [[]]

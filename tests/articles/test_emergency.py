"""An emergency publish skips the second person, nothing else, and leaves a review behind (promise 3)."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from articles import access, drafts, reviews, workflow
from articles.models import Draft, MoveLog, Review
from articles.refusals import Refused
from newsroom.accounts.models import Person
from tests.factories.accounts import person
from tests.factories.articles import published_story, story

WHY = "It is on every other site."


def emergency(draft: Draft, by: Person, at: datetime, **answers: str) -> MoveLog:
    draft.refresh_from_db()
    return workflow.take(
        "emergency-publish",
        subject=draft,
        person=by,
        expected_version=draft.version,
        at=at,
        **{"reason": WHY, **answers},
    )


def test_an_editors_own_words_go_out_and_wait_to_be_read(bob: Person, carol: Person, now: datetime) -> None:
    draft: Draft = story(owner=bob).draft  # type: ignore[attr-defined]
    log = emergency(draft, bob, now)
    seen = access.published(now).get()
    assert (seen.published_revision_id, seen.approved_by) == (draft.head_id, bob)
    assert (log.move, log.reason) == ("emergency-publish", WHY)
    review = reviews.waiting().get()
    assert (review.person, review.revision_id, review.before_id) == (bob, draft.head_id, None)

    with pytest.raises(Refused, match="Another editor"):
        reviews.close(review.pk, person=bob, at=now)
    with pytest.raises(Refused, match="An editor"):
        reviews.close(review.pk, person=person("reporter"), at=now)
    assert reviews.waiting().exists()
    reviews.close(review.pk, person=carol, at=now, note="The date is right.")
    assert not reviews.waiting().exists()
    kept = Review.objects.get()
    assert (kept.closed_by, kept.note) == (carol, "The date is right.")


def test_it_asks_why_and_is_an_editors(alice: Person, bob: Person, now: datetime) -> None:
    draft: Draft = story(owner=alice).draft  # type: ignore[attr-defined]
    with pytest.raises(workflow.Refused) as refused:
        emergency(draft, bob, now, reason=" ")
    assert list(refused.value.messages) == ["reason"]
    with pytest.raises(workflow.Refused, match="for an editor"):
        emergency(draft, alice, now)
    assert not access.published(now).exists()
    assert not Review.objects.exists()


def test_the_checks_still_hold(bob: Person, now: datetime) -> None:
    draft: Draft = story(owner=bob, body="<p>They said “never”.</p>").draft  # type: ignore[attr-defined]
    with pytest.raises(workflow.Refused, match="not tied"):
        emergency(draft, bob, now)
    assert not access.published(now).exists()


def test_an_update_of_a_published_story_says_its_kind_and_keeps_what_was_before(bob: Person, now: datetime) -> None:
    shown = published_story(owner=bob)
    draft = drafts.open_again(shown, bob, at=now)
    content = drafts.Content(headline="Newer", body="<p>Newer words.</p>")
    revision = drafts.save(draft.pk, person=bob, expected_version=1, content=content, at=now)
    with pytest.raises(workflow.Refused) as refused:
        emergency(draft, bob, now)
    assert list(refused.value.messages) == ["kind"]
    emergency(draft, bob, now, kind="correction", line="The visit was on Tuesday.")
    review = reviews.waiting().get()
    assert (review.revision, review.before) == (revision, shown.published_revision)
    assert shown.updates.get().line == "The visit was on Tuesday."


def test_the_database_keeps_a_review_from_its_own_sender_and_from_being_forgotten(bob: Person, now: datetime) -> None:
    draft: Draft = story(owner=bob).draft  # type: ignore[attr-defined]
    emergency(draft, bob, now)
    with pytest.raises(DatabaseError), transaction.atomic():
        Review.objects.update(closed_at=now, closed_by=bob)
    with pytest.raises(DatabaseError, match="stays"), transaction.atomic():
        Review.objects.all().delete()


def test_the_board_shows_it_until_another_editor_closes_it_on_its_page(
    bob: Person, carol: Person, now: datetime
) -> None:
    draft: Draft = story(owner=bob, headline="Flood at the gate").draft  # type: ignore[attr-defined]
    emergency(draft, bob, now)
    review = Review.objects.get()
    desk = Client()
    desk.force_login(carol)
    board = lambda: desk.get(reverse("articles-desk:board")).content.decode()  # noqa: E731
    assert "Went out unread by a second person" in board()
    page = desk.get(reverse("articles-desk:reviews")).content.decode()
    assert "Flood at the gate" in page
    assert WHY in page
    close = reverse("articles-desk:review-close", args=[review.pk])
    long = desk.post(close, {"note": "x" * 2001})
    assert long.status_code == 422
    assert "x" * 2001 in long.content.decode()
    assert desk.post(close, {"note": "Read."}).status_code == 302
    assert "Went out unread by a second person" not in board()
    assert desk.post(reverse("articles-desk:review-close", args=[10**12])).status_code == 404

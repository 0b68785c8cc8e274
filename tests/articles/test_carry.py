"""Live posts beside an approved rewrite: no post costs the approval, no approval passes to a post, and readers keep both
(promises 2, 3 and 5)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from articles import carrying, due, posting, workflow
from articles.models import Clash, Draft, LivePost, MoveLog, Revision, Schedule, Story, Update
from articles.refusals import MoveRefused
from newsroom.accounts.models import Person
from tests.articles.test_correct import opened, out
from tests.articles.test_live_post import BODY, body
from tests.factories.articles import AT, published_story
from tests.factories.live import live_pen

pytestmark = pytest.mark.django_db
Save = Callable[..., Revision]
REWRITE = "<p>The gates opened late.</p>\n<p>It hailed.</p>\n<p>The band played.</p>"
POSTS = [
    "<p><strong>10.05 BST, 11 September:</strong> The Queen too.</p>",
    "<p><strong>10.00 BST, 11 September:</strong> The King is here.</p>",
]


@pytest.fixture
def seen(alice: Person) -> Story:
    return published_story(owner=alice, body=BODY, live=True, at=AT)


@pytest.fixture
def approved(seen: Story, alice: Person, bob: Person, now: datetime, save: Save) -> Draft:
    rewrite = opened(seen, alice, "main", now)
    save(rewrite, alice, body=REWRITE)
    take(rewrite, "submit", alice, now)
    return take(rewrite, "approve", bob, now)


def take(draft: Draft, move: str, by: Person, at: datetime, **answers: str) -> Draft:
    draft.refresh_from_db()
    workflow.take(move, subject=draft, person=by, expected_version=draft.version, at=at, **answers)
    draft.refresh_from_db()
    return draft


def planned(draft: Draft, by: Person, at: datetime) -> datetime:
    moment = at + timedelta(hours=1)
    take(draft, "schedule", by, at, publish_at=timezone.localtime(moment).strftime("%Y-%m-%dT%H:%M"), kind="minor")
    return moment


def post(seen: Story, carol: Person, now: datetime) -> None:
    """One by an editor, one by a reporter who holds the live pen."""
    pen = live_pen(seen, at=now - timedelta(minutes=1))
    posting.post(story_id=seen.pk, person=carol, words="The King is here.", at=now)
    posting.post(story_id=seen.pk, person=pen.person, words="The Queen too.", at=now + timedelta(minutes=5))


def test_what_is_published_is_what_was_approved_and_then_the_posts(
    seen: Story, approved: Draft, bob: Person, carol: Person, now: datetime
) -> None:
    named = approved.approved_revision
    post(seen, carol, now)
    approved.refresh_from_db()
    assert (approved.standing, approved.approved_revision, approved.approved_by) == ("approved", named, bob)
    take(approved, "publish", bob, now + timedelta(minutes=9), kind="update", line="Now with the band.")
    seen.refresh_from_db()
    given = seen.published_revision
    assert given is not None
    assert given.body.split("\n") == [*POSTS, *REWRITE.split("\n")]
    # The approval names the words that it was given for, the log both; and each post stands by itself as ever.
    assert (approved.standing, approved.approved_revision, seen.approved_by) == ("closed", named, bob)
    out_now = MoveLog.objects.filter(move__in=("publish", "carry-posts"), at=now + timedelta(minutes=9))
    assert named is not None
    assert list(out_now.order_by("pk").values_list("move", "revision")) == [
        ("publish", named.pk),
        ("carry-posts", given.pk),
    ]
    assert given.draft.approved_revision is None, "nobody approved these words as a whole"
    assert [set(one.paragraphs) <= set(given.paragraph_keys) for one in LivePost.objects.all()] == [True, True]
    assert Update.objects.filter(revision=given, line="Now with the band.").count() == 1
    assert not Clash.objects.exists()
    # What comes next stands in its place, and an update goes on from all of it.
    posting.post(story_id=seen.pk, person=carol, words="It is over.", at=now + timedelta(minutes=10))
    assert [part for part in body(seen).split("\n") if "It is over" in part] == [body(seen).split("\n")[0]]
    assert opened(seen, bob, "main", now).head == Story.objects.get(pk=seen.pk).published_revision


def test_a_plan_goes_out_at_its_minute_whatever_was_posted(
    seen: Story, approved: Draft, bob: Person, carol: Person, now: datetime
) -> None:
    minute = planned(approved, bob, now)
    post(seen, carol, now)
    assert Schedule.objects.get().state == "waiting"
    due.sweep(minute)
    assert body(seen).split("\n") == [*POSTS, *REWRITE.split("\n")]
    assert Schedule.objects.get().state == "done"
    moves = list(MoveLog.objects.order_by("-pk").values_list("move", flat=True)[:2])
    assert moves == ["carry-posts", "publish-scheduled"]


def test_newer_words_behind_a_plan_get_the_posts_as_well(
    seen: Story, approved: Draft, alice: Person, bob: Person, carol: Person, now: datetime, save: Save
) -> None:
    minute = planned(approved, bob, now)
    post(seen, carol, now)
    newer = REWRITE.replace("played", "played twice")
    save(approved, alice, body=newer)
    due.sweep(minute)
    approved.refresh_from_db()
    assert body(seen).split("\n") == [*POSTS, *REWRITE.split("\n")]
    assert approved.standing == "draft"
    assert approved.base_revision == Story.objects.get(pk=seen.pk).published_revision
    assert approved.head is not None
    assert approved.head.body.split("\n") == [*POSTS, *newer.split("\n")]


def test_saved_again_it_goes_the_same_way(
    seen: Story, approved: Draft, alice: Person, bob: Person, carol: Person, now: datetime, save: Save
) -> None:
    """A save ends the approval; the posts of before come in with the next one, or when it goes out."""
    posting.post(story_id=seen.pk, person=carol, words="The King is here.", at=now)
    newer = REWRITE.replace("played", "played twice")
    save(approved, alice, body=newer)
    assert approved.standing == "in_review"
    posting.post(story_id=seen.pk, person=carol, words="The Queen too.", at=now + timedelta(minutes=5))
    approved.refresh_from_db()
    assert approved.head is not None
    assert approved.head.body.split("\n") == [*POSTS, *newer.split("\n")]
    take(approved, "approve", bob, now)
    take(approved, "publish", bob, now, kind="minor")
    assert body(seen).split("\n") == [*POSTS, *newer.split("\n")]


def test_anything_else_before_readers_ends_the_approval(
    seen: Story, approved: Draft, bob: Person, carol: Person, now: datetime, save: Save
) -> None:
    posting.post(story_id=seen.pk, person=carol, words="The King is here.", at=now)
    fix = opened(seen, carol, "correction", now)
    assert fix.head is not None
    save(fix, carol, body=f"{fix.head.body}\n<p>Nobody fell.</p>")
    out(fix, carol, bob, now)
    approved.refresh_from_db()
    assert (approved.standing, approved.approved_revision) == ("in_review", None)
    assert approved.head is not None
    assert approved.head.body.split("\n")[0] == POSTS[1], "with the post that it had been without"
    assert "Nobody fell" in approved.head.body


def test_a_withdrawn_story_comes_back_with_the_approved_words_alone(
    seen: Story, approved: Draft, bob: Person, carol: Person, now: datetime
) -> None:
    """Perhaps it was one of the posts for which it was withdrawn."""
    post(seen, carol, now)
    seen.refresh_from_db()
    workflow.withdraw(story=seen, person=bob, expected_version=seen.version, at=now, reason="Wrong")
    take(approved, "mend", bob, now, kind="minor")
    assert body(seen) == REWRITE


def test_of_anything_but_posts_nothing_is_carried(
    seen: Story, approved: Draft, alice: Person, bob: Person, now: datetime
) -> None:
    other = Draft.objects.create(
        story=seen, kind="correction", standing="closed", opened_by=alice, opened_at=AT, changed_at=AT, changed_by=alice
    )
    fields = Revision.objects.filter(pk=seen.published_revision_id).values(
        "headline", "body", "paragraph_keys", "digest"
    )
    slipped = Revision.objects.create(draft=other, number=1, author=alice, created_at=AT, **fields[0])
    Story.objects.filter(pk=seen.pk).update(published_revision=slipped)
    with pytest.raises(MoveRefused, match="newer version"):
        take(approved, "publish", bob, now, kind="minor")


@pytest.mark.parametrize("move", ["publish", "schedule", "reschedule"])
def test_whoever_sends_it_out_is_told(
    seen: Story, approved: Draft, bob: Person, carol: Person, now: datetime, move: str
) -> None:
    if move == "reschedule":
        planned(approved, bob, timezone.now())
    desk = Client()
    desk.force_login(bob)
    address = f"/desk/stories/{seen.pk}/{move}/?draft={approved.pk}"
    said = "live posts since"
    assert said not in desk.get(address).content.decode()
    post(seen, carol, now)
    assert "2 live posts since then" in desk.get(address).content.decode()
    assert carrying.posted_since(approved, Story.objects.get(pk=seen.pk)) == 2


def test_posts_are_counted_in_one_query(
    seen: Story, approved: Draft, carol: Person, now: datetime, django_assert_num_queries: Any
) -> None:
    began = Story.objects.get(pk=seen.pk)
    with django_assert_num_queries(0):
        assert carrying.posted_since(approved, began) == 0
    for minute in range(5):
        posting.post(story_id=seen.pk, person=carol, words=f"Word {minute}.", at=now + timedelta(minutes=minute))
    now_seen = Story.objects.get(pk=seen.pk)
    with django_assert_num_queries(1):
        assert carrying.posted_since(approved, now_seen) == 5

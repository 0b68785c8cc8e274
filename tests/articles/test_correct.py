"""A quick correction goes out while a rewrite is in the making, and the rewrite takes it in (promise 5)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client

from articles import drafts, workflow
from articles.models import Clash, Draft, MoveLog, Revision, Story
from newsroom.accounts.models import Person
from newsroom.outbox.models import Event
from tests.articles.test_races import both_at_once, won
from tests.asserts import page
from tests.factories.accounts import person
from tests.factories.articles import published_story

Save = Callable[..., Revision]
THREE = "<p>The gates opened at nine.</p>\n<p>By noon the queue reached the river.</p>\n<p>Then the rain came.</p>"


@pytest.fixture
def seen(alice: Person) -> Story:
    return published_story(owner=alice, body=THREE, headline="Harbour walk")


def opened(story: Story, who: Person, kind: str, at: datetime) -> Draft:
    return drafts.open_again(story, who, at=at, kind=kind)


def out(draft: Draft, writer: Person, editor: Person, at: datetime, kind: str = "correction") -> None:
    """Through the desk: submitted, approved and published."""
    for move, by, answers in (
        ("submit", writer, {}),
        ("approve", editor, {}),
        ("publish", editor, {"kind": kind, "line": "" if kind == "minor" else "The gates opened at eight, not nine."}),
    ):
        draft.refresh_from_db()
        workflow.take(move, subject=draft, person=by, expected_version=draft.version, at=at, **answers)
    draft.refresh_from_db()


def test_the_top_bar_says_once_which_draft_this_is(seen: Story, alice: Person, bob: Person, now: datetime) -> None:
    rewrite = opened(seen, alice, "main", now)
    desk = Client()
    desk.force_login(bob)

    def top(draft: Draft) -> list[str]:
        bar = page(desk.get(f"/desk/stories/{seen.pk}/?draft={draft.pk}")).one("div", "where")
        return [each.text for each in (*bar.all("span", "crumb"), *bar.all("a", "mini"))]

    assert top(rewrite) == ["Next version of a published story"]
    correction = opened(seen, alice, "correction", now)
    assert sorted(top(correction)) == sorted(top(rewrite)) == ["Next version", "Quick correction"]


def test_a_correction_goes_out_and_the_rewrite_takes_it_in(
    seen: Story, alice: Person, bob: Person, carol: Person, now: datetime, save: Save
) -> None:
    rewrite = opened(seen, alice, "main", now)
    save(rewrite, alice, body=THREE.replace("rain", "hail") + "\n<p>A new end.</p>", headline="Harbour walk in hail")
    workflow.submit(draft=rewrite, person=alice, expected_version=rewrite.version, at=now)
    correction = opened(seen, carol, "correction", now)
    save(correction, carol, body=THREE.replace("nine", "eight"))
    out(correction, carol, bob, now)

    seen.refresh_from_db()
    assert seen.published_revision is not None
    assert seen.published_revision.body == THREE.replace("nine", "eight"), "nothing of the rewrite went out"
    assert seen.published_revision.headline == "Harbour walk"
    rewrite.refresh_from_db()
    assert rewrite.standing == "in_review"
    assert rewrite.base_revision == seen.published_revision
    assert rewrite.head is not None
    assert rewrite.head.body == THREE.replace("rain", "hail").replace("nine", "eight") + "\n<p>A new end.</p>"
    assert not Clash.objects.exists()
    folded = MoveLog.objects.get(move="fold")
    assert (folded.draft, folded.person, folded.revision) == (rewrite, bob, rewrite.head)
    assert Event.objects.filter(kind="moved.fold").count() == 1
    out_again = rewrite
    workflow.approve(draft=out_again, person=bob, expected_version=out_again.version, at=now)
    out_again.refresh_from_db()
    workflow.publish(
        draft=out_again, person=bob, expected_version=out_again.version, at=now, kind="update", line="A new end."
    )
    seen.refresh_from_db()
    assert "eight" in seen.published_revision.body  # type: ignore[union-attr]
    assert "hail" in seen.published_revision.body  # type: ignore[union-attr]


def test_what_both_changed_waits_for_a_choice(
    seen: Story, alice: Person, bob: Person, carol: Person, now: datetime, save: Save
) -> None:
    rewrite = opened(seen, alice, "main", now)
    save(rewrite, alice, body=THREE.replace("at nine", "early"))
    correction = opened(seen, carol, "correction", now)
    save(correction, carol, body=THREE.replace("nine", "eight"))
    out(correction, carol, bob, now)
    rewrite.refresh_from_db()
    (clash,) = Clash.objects.all()
    assert (clash.draft, clash.person, clash.other) == (rewrite, carol, alice)
    assert (clash.yours, clash.theirs) == ("<p>The gates opened at eight.</p>", "<p>The gates opened early.</p>")
    assert "early" in rewrite.head.body  # type: ignore[union-attr]


def test_an_approved_rewrite_is_in_review_again(
    seen: Story, alice: Person, bob: Person, carol: Person, now: datetime, save: Save
) -> None:
    rewrite = opened(seen, alice, "main", now)
    save(rewrite, alice, body=THREE.replace("rain", "hail"))
    workflow.submit(draft=rewrite, person=alice, expected_version=rewrite.version, at=now)
    rewrite.refresh_from_db()
    workflow.approve(draft=rewrite, person=bob, expected_version=rewrite.version, at=now)
    rewrite.refresh_from_db()
    version = rewrite.version
    correction = opened(seen, carol, "correction", now)
    save(correction, carol, body=THREE.replace("nine", "eight"))
    out(correction, carol, bob, now)
    rewrite.refresh_from_db()
    assert (rewrite.standing, rewrite.approved_by, rewrite.approved_revision) == ("in_review", None, None)
    assert MoveLog.objects.get(move="fold").reason.startswith("Its approval ended")
    with pytest.raises(workflow.Late):
        workflow.publish(draft=rewrite, person=bob, expected_version=version, at=now, kind="minor")


def test_a_rewrite_without_words_of_its_own_begins_anew(
    seen: Story, alice: Person, bob: Person, carol: Person, now: datetime, save: Save
) -> None:
    rewrite = opened(seen, alice, "main", now)
    correction = opened(seen, carol, "correction", now)
    save(correction, carol, body=THREE.replace("nine", "eight"))
    out(correction, carol, bob, now)
    rewrite.refresh_from_db()
    seen.refresh_from_db()
    assert rewrite.head == rewrite.base_revision == seen.published_revision
    assert not rewrite.revisions.exists()


def test_the_correction_takes_in_a_rewrite_that_goes_out_first(
    seen: Story, alice: Person, bob: Person, carol: Person, now: datetime, save: Save
) -> None:
    rewrite = opened(seen, alice, "main", now)
    save(rewrite, alice, body=THREE.replace("rain", "hail"))
    correction = opened(seen, carol, "correction", now)
    save(correction, carol, body=THREE.replace("nine", "eight"))
    out(rewrite, alice, bob, now, kind="minor")
    correction.refresh_from_db()
    assert correction.head.body == THREE.replace("nine", "eight").replace("rain", "hail")  # type: ignore[union-attr]
    out(correction, carol, bob, now)
    seen.refresh_from_db()
    assert seen.published_revision == correction.head


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", range(3))
def test_both_are_published_at_once(now: datetime, turn: int) -> None:
    """Neither waits for the other for ever; the second is told that readers see newer words."""
    alice, bob, carol = person("reporter"), person("editor"), person("editor", name="Carol Crane")
    seen = published_story(owner=alice, body=THREE)
    made = []
    for kind, words in (("main", THREE.replace("rain", "hail")), ("correction", THREE.replace("nine", "eight"))):
        draft = opened(seen, alice, kind, now)
        assert draft.head is not None
        drafts.save(
            draft.pk,
            person=alice,
            expected_version=draft.version,
            content=drafts.Content(draft.head.headline, body=words),
            at=now,
        )
        for move, by in (("submit", alice), ("approve", bob)):
            draft.refresh_from_db()
            workflow.take(move, subject=draft, person=by, expected_version=draft.version, at=now)
        draft.refresh_from_db()
        made.append(draft)

    def publish(draft: Draft) -> Callable[[], MoveLog]:
        return lambda: workflow.publish(draft=draft, person=carol, expected_version=draft.version, at=now, kind="minor")

    results = both_at_once(*(publish(draft) for draft in made))
    assert len(won(results, MoveLog)) == 1, results
    assert len(won(results, workflow.Late)) == 1, results
    left = Draft.objects.get(story=seen, standing="in_review")
    seen.refresh_from_db()
    assert left.base_revision == seen.published_revision
    assert left.head is not None
    assert "hail" in left.head.body
    assert "eight" in left.head.body

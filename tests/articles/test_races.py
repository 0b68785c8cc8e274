"""Two people at once, on two real connections: one wins, the other is told (promises 4 and 6)."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.db import connection, transaction

from articles import drafts, ledger, posting, retractions, workflow
from articles.models import Draft, LivePost, MoveLog, Revision, Story
from newsroom.accounts.models import Person
from newsroom.outbox.models import Event
from tests.factories import articles
from tests.factories.accounts import person
from tests.factories.articles import published_story, story

pytestmark = pytest.mark.django_db(transaction=True)
Act = Callable[[], Any]


def both_at_once(*acts: Act) -> list[Any]:
    """Run each act in a thread of its own, let go together; return what each returned or raised."""
    gate, results = threading.Barrier(len(acts)), [None] * len(acts)

    def run(number: int, act: Act) -> None:
        try:
            gate.wait(10)
            results[number] = act()
        except Exception as problem:
            results[number] = problem  # type: ignore[call-overload]
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=item) for item in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return results


def won(results: list[Any], kind: type) -> list[Any]:
    return [result for result in results if isinstance(result, kind)]


@pytest.fixture
def reviewed() -> Draft:
    return story(standing=Draft.Standing.IN_REVIEW).draft  # type: ignore[attr-defined, no-any-return]


def approve(draft: Draft, by: Person, at: datetime) -> Act:
    version = draft.version
    return lambda: workflow.approve(draft=draft, person=by, expected_version=version, at=at)


@pytest.mark.parametrize("turn", range(3))
def test_two_approve(reviewed: Draft, now: datetime, turn: int) -> None:
    bob, carol = person("editor"), person("editor", name="Carol Crane")
    results = both_at_once(approve(reviewed, bob, now), approve(reviewed, carol, now))
    (log,), (late,) = won(results, MoveLog), won(results, workflow.Late)
    assert str(late).startswith(f"{log.person.name} approved this")
    reviewed.refresh_from_db()
    assert reviewed.approved_by == log.person
    assert MoveLog.objects.filter(move="approve").count() == Event.objects.filter(kind="moved.approve").count() == 1


def test_one_approves_while_the_other_sends_back(reviewed: Draft, now: datetime) -> None:
    bob, carol = person("editor"), person("editor", name="Carol Crane")
    back = lambda: workflow.request_changes(draft=reviewed, person=carol, expected_version=1, at=now, reason="Why")  # noqa: E731
    results = both_at_once(approve(reviewed, bob, now), back)
    (log,), (late,) = won(results, MoveLog), won(results, workflow.Late)
    reviewed.refresh_from_db()
    assert reviewed.standing == {"approve": "approved", "request-changes": "changes_requested"}[log.move]
    assert log.person.name in str(late)


@pytest.mark.parametrize("turn", range(3))
def test_the_writer_saves_while_the_editor_approves(reviewed: Draft, now: datetime, turn: int) -> None:
    bob, writer = person("editor"), reviewed.opened_by
    content = drafts.Content("Newer", body="<p>Newer words.</p>")
    save = lambda: drafts.save(reviewed.pk, person=writer, expected_version=1, content=content, at=now)  # noqa: E731
    results = both_at_once(approve(reviewed, bob, now), save)
    reviewed.refresh_from_db()
    if won(results, Revision):
        assert won(results, workflow.Late)
        assert (reviewed.standing, reviewed.approved_revision) == ("in_review", None)
    else:
        assert won(results, drafts.Stale)
        assert reviewed.approved_revision == reviewed.head
        assert reviewed.head.headline != "Newer"  # type: ignore[union-attr]


def test_two_save(reviewed: Draft, now: datetime) -> None:
    writer, bob = reviewed.opened_by, person("editor")

    def save(by: Person, words: str) -> Act:
        content = drafts.Content(words, body=f"<p>{words}</p>")
        return lambda: drafts.save(reviewed.pk, person=by, expected_version=1, content=content, at=now)

    results = both_at_once(save(writer, "Hers"), save(bob, "His"))
    (kept,), (stale,) = won(results, Revision), won(results, drafts.Stale)
    assert {kept.headline, stale.yours.headline} == {"Hers", "His"}
    assert stale.theirs == kept
    reviewed.refresh_from_db()
    assert (reviewed.head, reviewed.version) == (kept, 2)


def test_two_publish(now: datetime) -> None:
    draft: Draft = story(standing=Draft.Standing.APPROVED).draft  # type: ignore[attr-defined]
    bob, carol = person("editor"), person("editor", name="Carol Crane")
    publish = lambda by: lambda: workflow.publish(draft=draft, person=by, expected_version=1, at=now)  # noqa: E731
    results = both_at_once(publish(bob), publish(carol))
    assert len(won(results, MoveLog)) == len(won(results, workflow.Late)) == 1
    assert Event.objects.filter(kind="story.published").count() == 1


@pytest.mark.parametrize("turn", range(3))
def test_one_publishes_an_update_while_the_other_withdraws(now: datetime, turn: int) -> None:
    """Whoever comes first: a withdrawn story is never shown again by an update that was under way."""
    shown, bob = published_story(), person("editor")
    draft = drafts.open_again(shown, shown.owner, at=now)
    revision = drafts.save(
        draft.pk, person=shown.owner, expected_version=1, content=drafts.Content("Next", body="<p>Next.</p>"), at=now
    )
    Draft.objects.filter(pk=draft.pk).update(standing="approved", approved_revision=revision, approved_by=bob)
    version = Story.objects.get(pk=shown.pk).version
    results = both_at_once(
        lambda: workflow.publish(draft=draft, person=bob, expected_version=2, at=now, kind="minor"),
        lambda: workflow.withdraw(story=shown, person=bob, expected_version=version, at=now, reason="Wrong"),
    )
    moved = {log.move for log in won(results, MoveLog)}
    assert len(moved) == 1
    assert Story.objects.get(pk=shown.pk).readers == {"publish": "published", "withdraw": "withdrawn"}[moved.pop()]


def test_two_open_a_published_story_again(now: datetime) -> None:
    shown, bob = published_story(), person("editor")
    results = both_at_once(
        lambda: drafts.open_again(shown, shown.owner, at=now), lambda: drafts.open_again(shown, bob, at=now)
    )
    assert len(won(results, Draft)) == len(won(results, drafts.ContentRefused)) == 1


def test_two_open_a_story_of_the_same_name(now: datetime) -> None:
    section, alice = story().section, person("reporter")
    start = lambda: drafts.open_story(alice, section, headline="The King’s speech", at=now)  # noqa: E731
    results = both_at_once(start, start)
    assert len({draft.story.slug for draft in won(results, Draft)}) == 2


def test_two_waive_the_same_words(now: datetime) -> None:
    made, bob = story(), person("editor")
    waive = lambda: ledger.waive(story_id=made.pk, words="The Crown", reason="A title", person=bob, at=now)  # noqa: E731
    first, second = both_at_once(waive, waive)
    assert first == second


def test_an_effect_waits_for_the_move_that_caused_it(reviewed: Draft, now: datetime) -> None:
    """Promise 22: another connection sees the event only once the move is committed."""
    bob = person("editor")
    with transaction.atomic():
        workflow.approve(draft=reviewed, person=bob, expected_version=1, at=now)
        (seen,) = both_at_once(lambda: Event.objects.count())
    assert seen == 0
    assert Event.objects.count() == 1


@pytest.mark.parametrize("what", ["save", "save approved", "submit"])
def test_what_concerns_a_draft_waits_for_its_story_with_empty_hands(now: datetime, what: str) -> None:
    """A publish holds the story's row and goes on to its drafts. Whoever waited for the story while holding a draft would
    be killed by the database, or kill the publish."""
    made = story(standing=Draft.Standing.APPROVED if what == "save approved" else Draft.Standing.DRAFT)
    draft, writer = made.draft, made.owner  # type: ignore[attr-defined]
    content = drafts.Content(headline="Another headline", body="<p>Other words.</p>")
    acts = {
        "submit": lambda: workflow.submit(draft=draft, person=writer, expected_version=draft.version, at=now),
        "save": lambda: drafts.save(draft.pk, person=writer, expected_version=draft.version, content=content, at=now),
    }
    results: list[Any] = []

    def act() -> None:
        try:
            results.append(acts[what.split()[0]]())
        except Exception as problem:
            results.append(problem)
        finally:
            connection.close()

    other = threading.Thread(target=act)
    with transaction.atomic():
        Story.objects.select_for_update().get(pk=made.pk)
        other.start()
        waits_for_a_row()
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '5s'")
        Draft.objects.select_for_update().get(pk=draft.pk)
    other.join(30)
    assert not isinstance(results[0], Exception), results[0]


def waits_for_a_row() -> None:
    """Return when another connection waits for a lock."""
    for _ in range(1000):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return
        time.sleep(0.01)
    raise AssertionError("nobody waits")


def test_a_live_post_while_a_retraction_counts_the_drafts(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both go from draft to draft of one story; in other orders each would wait for the other."""
    alice, bob = person("reporter"), person("editor")
    quotation = articles.quotation()
    shown = published_story(owner=alice, live=True)
    said = f'<p>She said <q data-quotation="{quotation.pk}">“{quotation.words}”</q>.</p>'
    first, second = (drafts.open_again(shown, alice, at=now, kind=kind) for kind in ("main", "correction"))
    for draft in (second, first):  # the later one is found first
        content = drafts.content_of(draft.head)  # type: ignore[arg-type]
        words = drafts.Content(content.headline, body=f"{content.body}{said}")
        drafts.save(draft.pk, person=alice, expected_version=1, content=words, at=now)
    counting, count, slow = threading.Event(), ledger.open_count, threading.local()

    def slowly(revision: Revision, *, story_id: int) -> int:
        found = count(revision, story_id=story_id)
        if getattr(slow, "here", False):
            if counting.is_set():
                time.sleep(1)  # with one draft written, before the other
            counting.set()
        return found

    def retract() -> list[Story]:
        slow.here = True
        return retractions.retract([quotation.pk], person=bob, at=now, reason="Wrong.")

    def post() -> LivePost:
        counting.wait(10)
        time.sleep(0.3)
        return posting.post(story_id=shown.pk, person=bob, words="The King is here.", at=now)

    monkeypatch.setattr(ledger, "open_count", slowly)
    results = both_at_once(retract, post)
    assert (won(results, list), won(results, LivePost)) == ([results[0]], [results[1]]), results
    assert list(
        Draft.objects.filter(story=shown).exclude(standing="closed").values_list("open_quotations", flat=True)
    ) == [1, 1]

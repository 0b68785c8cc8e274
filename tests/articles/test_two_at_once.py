"""Two people at one story, each on a connection of their own, let go together: whatever they do, in whatever order.

The machine of ``test_workflow_machine`` with its rules and its invariants (promises 1, 2, 3, 6, 7, 8 and 10), committed for
real. What two do at once is drawn from what the desk offers each of them at that moment.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from hypothesis import HealthCheck, Phase, event, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule, run_state_machine_as_test

from articles import drafts, due, workflow
from articles.models import Draft, MoveLog, Revision, Schedule, Story
from articles.move import On
from articles.refusals import Refused
from newsroom.outbox.models import Event
from tests.articles.test_workflow_machine import NAMES, SHOWN, Newsroom

Act = Callable[[], Any]
BY_ITSELF = ("stop-schedule", "publish-scheduled", "withdraw-scheduled", "fold")
KINDS = ("save", "move", "move", "move", "again", "correct", "sweep")
_people = ThreadPoolExecutor(2)


def at_once(*acts: Act) -> list[Any]:
    """What each returned or raised. The two threads keep their connections; the barrier lets both go together."""
    gate = threading.Barrier(len(acts))

    def run(act: Act) -> Any:
        gate.wait(20)
        try:
            return act()
        except Exception as problem:
            return problem

    return [future.result(60) for future in [_people.submit(run, act) for act in acts]]


class TwoAtOnce(Newsroom):
    """``what`` an act touches and the version that it names are kept, so that two winners on one version are seen."""

    def __init__(self) -> None:
        super().__init__()
        self.saves_made = 0
        self.sealed: dict[int, str] = {}

    @rule(
        names=st.permutations(NAMES),
        kinds=st.tuples(st.sampled_from(KINDS), st.sampled_from(KINDS)),
        picks=st.tuples(st.integers(0, 30), st.integers(0, 30)),
        drafts_=st.tuples(st.integers(0, 1), st.integers(0, 1)),
    )
    def both_at_once(self, names: list[str], kinds: tuple[str, str], picks: Any, drafts_: Any) -> None:
        self.tick()
        self.sealed = dict(Revision.objects.filter(sealed=True).values_list("pk", "digest"))
        planned = [
            self.plan(name, kind, pick, which)
            for name, kind, pick, which in zip(names[:2], kinds, picks, drafts_, strict=True)
        ]
        results = at_once(*(act for _, act in planned))
        event(" beside ".join(sorted(type(result).__name__ for result in results)))
        won: list[Any] = []
        for (touched, _), result in zip(planned, results, strict=True):
            if isinstance(result, MoveLog):
                self.noted(result)
            elif isinstance(result, Draft):
                self.logged += 1
            elif isinstance(result, Exception):
                assert isinstance(result, Refused | workflow.Late | drafts.Stale), repr(result)
                if isinstance(result, workflow.Late):
                    assert any(person.name in str(result) or "You" in str(result) for person in self.people.values())
                if isinstance(result, drafts.Stale):
                    assert result.yours.headline, "the words that were refused are given back"
                continue
            if touched is not None:
                won.append(touched)
        # Promises 4 and 6: of two who name one version of one thing, one wins.
        assert len(won) == len(set(won)), (planned, results)

    def plan(self, name: str, kind: str, pick: int, which: int) -> tuple[tuple[str, int, int] | None, Act]:
        """What somebody is about to do as the desk shows it to them now: what it touches in which version, and the act."""
        person, at = self.people[name], self.at
        opened = list(
            Draft.objects.select_related("story__section", "story__held_by", "head", "base_revision", "approved_by")
            .filter(story=self.story_id)
            .exclude(standing="closed")
            .order_by("pk")
        )
        draft = opened[which % len(opened)] if opened else Draft.objects.filter(story=self.story_id).latest("pk")
        if kind == "sweep":
            return None, lambda: due.sweep(at)
        if kind in ("again", "correct"):
            of = Draft.Kind.CORRECTION if kind == "correct" else Draft.Kind.MAIN
            story = Story.objects.get(pk=self.story_id)
            return None, lambda: drafts.open_again(story, person, at=at, kind=of)
        if kind == "save" and opened:
            self.saves_made += 1
            body = f"<p>The gates open.</p>\n<p>Word {self.saves_made}.</p>"
            content = drafts.Content(f"The gates {draft.kind}", body=body)
            return ("draft", draft.pk, draft.version), lambda: drafts.save(
                draft.pk, person=person, expected_version=draft.version, content=content, at=at
            )
        choices = [choice for choice in workflow.moves_for(person, draft, at=at) if choice.allowed]
        if not choices:
            return None, lambda: None
        move = choices[pick % len(choices)].move
        answers = {"kind": "correction" if draft.kind == "correction" else "update", "line": "Told to readers."}
        answers |= {"reason": "Because", "notice": "", **self.times}
        subject = draft if move.on is On.DRAFT else Story.objects.get(pk=self.story_id)
        given = {ask.name: answers[ask.name] for ask in move.asks}
        return (move.on.value, subject.pk, subject.version), lambda: workflow.take(
            move.name, subject=subject, person=person, expected_version=subject.version, at=at, **given
        )

    @invariant()
    def every_move_left_one_row_and_its_event(self) -> None:
        """As of one person; the end of an approval is logged by the save that ended it, whoever made it."""
        moved = MoveLog.objects.exclude(move__in=[*BY_ITSELF, "change"]).count()
        assert moved == self.logged - self.ended_by_saves()
        done = MoveLog.objects.filter(move__in=["publish-scheduled", "withdraw-scheduled"]).count()
        assert done == Schedule.objects.filter(state="done").count()
        published = MoveLog.objects.filter(move__in=SHOWN).count()
        published += MoveLog.objects.filter(move="end-live").exclude(reason="").count()
        assert Event.objects.filter(kind__in=["story.published", "story.updated"]).count() == published
        assert Event.objects.filter(kind="moved.approve").count() == MoveLog.objects.filter(move="approve").count()

    def ended_by_saves(self) -> int:
        """The rule ``saves`` counts such a row; two at once do not."""
        return self.logged_by_saves

    logged_by_saves = 0

    def saves(self, *args: Any, **kwargs: Any) -> None:
        before = self.logged
        super().saves(*args, **kwargs)
        self.logged_by_saves += self.logged - before

    @invariant()
    def what_was_acted_on_is_as_it_was(self) -> None:
        assert self.sealed.items() <= dict(Revision.objects.values_list("pk", "digest")).items()

    @invariant()
    def every_open_draft_has_taken_in_what_readers_see(self) -> None:
        """Promise 5: a correction goes out while a rewrite is under way, and the rewrite cannot take it from readers again."""
        story = Story.objects.get(pk=self.story_id)
        if story.published_revision_id is None:
            return
        for draft in Draft.objects.filter(story=story).exclude(standing="closed"):
            assert draft.base_revision_id == story.published_revision_id
            for plan in Schedule.objects.filter(draft=draft, state="waiting"):
                earlier = MoveLog.objects.filter(move__in=SHOWN, draft__story=story).exclude(draft=draft)
                assert not earlier.filter(at__gt=plan.made_at).exists(), "a plan outlived a publication beside it"

    @invariant()
    def no_plan_is_lost(self) -> None:
        """Promise 7: each waits, is done, or was ended by somebody or something that the log names."""
        for plan in Schedule.objects.exclude(state__in=["waiting", "done"]):
            assert plan.ended_at is not None
            assert plan.trouble or plan.state == "cancelled"
        late = Schedule.objects.filter(state="waiting", due_at__lt=self.at - timedelta(minutes=60), after=None)
        assert all(plan.trouble or plan.next_at <= self.at for plan in late)

    def teardown(self) -> None:
        call_command("flush", verbosity=0, interactive=False, inhibit_post_migrate=True)


@pytest.mark.django_db(transaction=True)
def test_two_people_at_one_story_on_two_connections() -> None:
    try:
        run_state_machine_as_test(  # type: ignore[no-untyped-call]
            TwoAtOnce,
            settings=settings(
                max_examples=8,
                stateful_step_count=12,
                deadline=None,
                suppress_health_check=list(HealthCheck),
                # A race that was lost is not lost again by shrinking: the steps are printed as they were.
                phases=[Phase.generate],
                database=None,
            ),
        )
    finally:
        at_once(lambda: connection.close(), lambda: connection.close())  # each thread its own

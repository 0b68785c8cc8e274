"""Random people, random moves, in any order; what must always hold, holds after every step."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from articles import access, corrections, drafts, due, workflow
from articles.models import CorrectedPlace, Draft, MoveLog, Review, Revision, Schedule, Story, Update
from articles.moves import BUTTONS, BY_NAME, On
from articles.refusals import Refused
from newsroom.outbox.models import Event
from tests import rolled
from tests.articles.conftest import NOW
from tests.factories.accounts import person
from tests.factories.articles import section

WORDS = ["The gates open.", "The gates open at nine.", "The gates stay shut.", "Nobody knows."]
SHOWN = ["publish", "emergency-publish", "publish-scheduled"]
NAMES = ["alice", "abel", "bob", "robin", "dora"]


class Newsroom(RuleBasedStateMachine):
    """One story, five people. ``screens`` is what each last read: the versions their next move will name."""

    def __init__(self) -> None:
        super().__init__()
        self.people = {
            "alice": person("reporter"),
            "abel": person("reporter", name="Abel Ames"),
            "bob": person("editor"),
            "robin": person("reporter", "editor", name="Robin Both"),
            "dora": person("legal"),
        }
        self.at, self.kind = NOW, "minor"
        first = drafts.open_story(self.people["alice"], section(), headline="The gates", at=NOW)
        self.story_id = first.story_id
        self.logged = 1
        self.approved: set[int] = set()
        self.screens: dict[str, tuple[int, int, int]] = {}
        for name in NAMES:
            self.look(name)

    def look(self, name: str) -> None:
        draft = access.draft_for_reading(self.people["bob"], self.story_id)
        self.screens[name] = (draft.pk, draft.version, draft.story.version)

    def tick(self) -> None:
        self.at += timedelta(minutes=1)

    @property
    def times(self) -> dict[str, str]:
        soon, later = (self.at + timedelta(minutes=minutes) for minutes in (7, 11))
        times = {"until": soon.isoformat(), "publish_at": soon.isoformat(), "withdraw_at": later.isoformat()}
        return {**times, "prominence": "", "complaints": ""}

    @initialize(far=st.sampled_from([0, 1, 2, 3, 4, 5, 5]))
    def somewhere_on_the_way(self, far: int) -> None:
        """Begin anywhere from an empty screen to a corrected story whose next version says again what was wrong."""
        self.saves("alice", WORDS[0], False, True)
        for _ in range(min(far, 3)):
            self.carries_on("bob")
        if far > 3:
            self.opens_again("alice")
            self.saves("alice", WORDS[1], False, True)
        if far > 4:
            for kind, words in (("correction", WORDS[0]), ("minor", WORDS[2])):
                self.kind = kind
                for _ in range(3):
                    self.carries_on("bob")
                self.opens_again("alice")
                self.saves("alice", words, False, True)

    @rule(name=st.sampled_from(NAMES), words=st.sampled_from(WORDS), autosave=st.booleans(), fresh=st.booleans())
    def saves(self, name: str, words: str, autosave: bool, fresh: bool) -> None:
        self.tick()
        if fresh:
            self.look(name)
        pk, version, _ = self.screens[name]
        before = Draft.objects.get(pk=pk)
        sealed = dict(Revision.objects.filter(sealed=True).values_list("pk", "digest"))
        try:
            drafts.save(
                pk,
                person=self.people[name],
                expected_version=version,
                content=drafts.Content("The gates", body=f"<p>{words}</p>"),
                at=self.at,
                autosave=autosave,
            )
        except drafts.Held:
            assert autosave, "only what nobody asked for is held"
        except drafts.Stale:
            assert before.version != version, "refused as stale although nobody came between"
        except Refused:
            assert before.standing == "closed" or name == "dora"
        else:
            assert before.version == version, "a stale save went through"
            after = Draft.objects.get(pk=pk)
            if before.standing == "approved" and after.version != before.version:
                self.logged += 1
                assert after.standing == "in_review"
        assert sealed.items() <= dict(Revision.objects.values_list("pk", "digest")).items()

    @rule(
        name=st.sampled_from(NAMES),
        move=st.sampled_from(BUTTONS),
        kind=st.sampled_from(["", *Update.Kind.values]),
        fresh=st.booleans(),
    )
    def moves(self, name: str, move: Any, kind: str, fresh: bool) -> None:
        self.tick()
        if fresh:
            self.look(name)
        pk, draft_version, story_version = self.screens[name]
        draft = Draft.objects.select_related("story").get(pk=pk)
        subject = draft if move.on is On.DRAFT else draft.story
        version = draft_version if move.on is On.DRAFT else story_version
        line = "" if kind in ("", "minor") else "Told to readers."
        answers = {"reason": "Because", "kind": kind, "line": line, "notice": "", **self.times}
        given = {ask.name: answers[ask.name] for ask in move.asks}
        try:
            log = workflow.take(
                move.name, subject=subject, person=self.people[name], expected_version=version, at=self.at, **given
            )
        except workflow.Late:
            assert subject.version != version
        except workflow.Refused:
            pass
        else:
            assert subject.version == version, "a late move went through"
            assert self.people[name].has_role(*move.who)
            self.noted(log)

    @rule(data=st.data(), name=st.sampled_from(NAMES))
    def presses_what_is_offered(self, data: st.DataObject, name: str) -> None:
        """A button that the desk shows as allowed works, unless a check holds it back."""
        self.tick()
        self.look(name)
        draft = Draft.objects.select_related("story__section", "head", "base_revision").get(pk=self.screens[name][0])
        offered = [choice for choice in workflow.moves_for(self.people[name], draft, at=self.at) if choice.allowed]
        if not offered:
            return
        choice = data.draw(st.sampled_from(offered))
        subject = draft if choice.move.on is On.DRAFT else draft.story
        kind = data.draw(st.sampled_from(["update", "correction"]))
        answers = {"kind": kind, "line": "Told to readers.", "reason": "Because", "notice": "", **self.times}
        try:
            log = workflow.take(
                choice.move.name,
                subject=subject,
                person=self.people[name],
                expected_version=subject.version,
                at=self.at,
                **{ask.name: answers[ask.name] for ask in choice.asks},
            )
        except workflow.Refused as refused:
            if not refused.problems:
                raise
        else:
            self.noted(log)

    @rule(name=st.sampled_from(["bob", "robin"]))
    def carries_on(self, name: str) -> None:
        """The next step on the way to readers, so that a run gets there at all."""
        self.tick()
        draft = access.draft_for_reading(self.people["bob"], self.story_id)
        step = {"draft": "submit", "changes_requested": "submit", "in_review": "approve", "approved": "publish"}
        if draft.standing not in step:
            return
        line = "" if self.kind == "minor" else "Told to readers."
        answers = {"kind": self.kind, "line": line} if step[draft.standing] == "publish" else {}
        try:
            log = workflow.take(
                step[draft.standing],
                subject=draft,
                person=self.people[name],
                expected_version=draft.version,
                at=self.at,
                **answers,
            )
        except workflow.Refused:
            return
        self.noted(log)

    @rule(minutes=st.sampled_from([1, 7, 15]))
    def time_passes(self, minutes: int) -> None:
        """And what is due by then happens by itself."""
        self.at += timedelta(minutes=minutes)
        due.sweep(self.at)
        for planned in Schedule.objects.filter(state="waiting", due_at__lte=self.at):
            assert planned.trouble or planned.after is not None

    def noted(self, log: MoveLog) -> None:
        self.logged += 1
        if log.move in ("approve", "emergency-publish"):
            assert log.revision_id is not None
            self.approved.add(log.revision_id)

    @precondition(lambda self: Story.objects.get(pk=self.story_id).readers == "published")
    @rule(name=st.sampled_from(NAMES))
    def opens_again(self, name: str) -> None:
        self.tick()
        story = Story.objects.get(pk=self.story_id)
        try:
            drafts.open_again(story, self.people[name], at=self.at)
        except Refused:
            return
        self.logged += 1
        self.look(name)

    @invariant()
    def readers_see_one_approved_revision_or_nothing(self) -> None:
        story = Story.objects.get(pk=self.story_id)
        seen = list(access.published(self.at))
        if story.readers != "published" or story.embargoed(self.at):
            assert seen == []
            return
        assert len(seen) == 1
        assert story.published_revision_id in self.approved

    @invariant()
    def two_people_stand_behind_it(self) -> None:
        story = Story.objects.select_related("published_revision", "approved_by").get(pk=self.story_id)
        if (revision := story.published_revision) is None:
            return
        assert story.approved_by is not None
        approval = MoveLog.objects.filter(move__in=["approve", "emergency-publish"], revision=revision).first()
        assert approval is not None
        assert approval.person == story.approved_by
        if approval.move == "emergency-publish":
            assert Review.objects.get(log=approval).closed_at is None
            return
        authors = set(
            Revision.objects.filter(draft=revision.draft, number__lte=revision.number).values_list(
                "author_id", flat=True
            )
        )
        assert authors != {story.approved_by_id}

    @invariant()
    def every_move_left_one_row_and_its_event(self) -> None:
        by_itself = ["stop-schedule", "publish-scheduled", "withdraw-scheduled"]
        assert MoveLog.objects.exclude(move__in=by_itself).count() == self.logged
        assert MoveLog.objects.filter(move__in=by_itself[1:]).count() == Schedule.objects.filter(state="done").count()
        published = MoveLog.objects.filter(move__in=SHOWN).count()
        # The end of a live story that readers see leaves them a last line.
        published += MoveLog.objects.filter(move="end-live").exclude(reason="").count()
        assert Event.objects.filter(kind__in=["story.published", "story.updated"]).count() == published
        told = Event.objects.filter(kind__startswith="moved.").values_list("kind", "payload")
        rows = MoveLog.objects.values_list("move", "pk")
        assert sorted((kind, payload["log_id"]) for kind, payload in told) == sorted(
            (f"moved.{m}", pk) for m, pk in rows
        )

    @invariant()
    def the_clock_is_one(self) -> None:
        story = Story.objects.get(pk=self.story_id)
        if story.first_published_at is None:
            return
        logs = MoveLog.objects.filter(move__in=SHOWN).order_by("pk")
        assert story.first_published_at == logs[0].at
        told = Update.objects.exclude(kind="minor").order_by("-at").first()
        assert story.visible_updated_at == (told.at if told else story.first_published_at)

    @invariant()
    def no_correction_is_taken_back(self) -> None:
        """What readers were told was wrong comes before them again with a waiver only, and here nobody gives one."""
        shown = [
            log.revision for log in MoveLog.objects.filter(move__in=SHOWN).select_related("revision").order_by("pk")
        ]
        said = [set(corrections.said(revision).values()) for revision in shown if revision is not None]
        for place in CorrectedPlace.objects.exclude(before="").select_related("correction__update__revision"):
            for before, after in pairwise(said[shown.index(place.correction.update.revision) :]):
                assert place.before not in after or place.before in before

    @invariant()
    def nothing_comes_out_through_a_gate(self) -> None:
        for log in MoveLog.objects.filter(move__in=[*SHOWN, "reinstate"]):
            earlier = MoveLog.objects.filter(pk__lt=log.pk)
            held = earlier.filter(move__in=["hold", "lift-hold"]).first()
            assert held is None or held.move == "lift-hold"
            embargo = earlier.filter(move__in=["embargo", "lift-embargo"]).first()
            assert embargo is None or embargo.move == "lift-embargo" or embargo.at + timedelta(minutes=7) <= log.at

    @invariant()
    def what_is_put_away_was_never_seen(self) -> None:
        story = Story.objects.get(pk=self.story_id)
        assert story.spiked_at is None or story.readers == "nothing"

    @invariant()
    def a_scheduled_draft_has_its_plan(self) -> None:
        for draft in Draft.objects.all():
            planned = Schedule.objects.filter(draft=draft, state="waiting")
            assert planned.exists() == (draft.standing == "scheduled")
            for one in planned:
                assert MoveLog.objects.filter(move="approve", revision=one.revision, person=one.approved_by).exists()

    @invariant()
    def an_approval_names_the_head(self) -> None:
        for draft in Draft.objects.filter(standing="approved"):
            assert draft.approved_revision_id == draft.head_id


@pytest.mark.django_db
def test_the_workflow_holds_in_any_order() -> None:
    rolled.run(Newsroom)


def test_every_row_of_the_table_is_whole() -> None:
    assert len(BY_NAME) == len({move.url_name for move in BUTTONS}) + sum(move.automatic for move in BY_NAME.values())
    for move in BUTTONS:
        assert move.who, move.name
        assert move.standings if move.on is On.DRAFT else move.readers, move.name
        assert move.label[0].isupper(), move.name
        assert "!" not in move.help, move.name

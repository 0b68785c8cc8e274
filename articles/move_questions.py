"""What a move asks of this very draft: which questions, what can be chosen, what is suggested."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import cached_property

from django.utils import timezone

from articles import complaints, corrections, gates, moments
from articles.asks import Ask, When
from articles.models import Correction, Draft, Schedule
from articles.move import Move

MOST = 20


class Offered:
    """The questions of moves on one draft at one moment; what they have in common is looked up once, when it is asked."""

    def __init__(self, draft: Draft, at: datetime) -> None:
        self.draft, self.at = draft, at

    def of(self, move: Move, *, settled: bool = False) -> tuple[Ask, ...]:
        """settled: the move is refused already, so that nothing needs to be looked up for it."""
        story = self.draft.story
        fits = {
            When.ALWAYS: True,
            When.AGAIN: story.first_published_at is not None,
            When.SEEN: story.is_published and not gates.why_closed(story, self.at),
        }
        asked = [ask for ask in move.asks if fits[ask.when]]
        if settled:
            return tuple(asked)
        found = [self._filled(ask, move) for ask in asked]
        return tuple(ask for ask in found if ask.kind != "records" or ask.choices)

    def _filled(self, ask: Ask, move: Move) -> Ask:
        if move.sends_approved and (planned := self._stopped) is not None:
            ask = replace(ask, initial=self._as_planned(planned, ask.name))
        if ask.name == "prominence" and self._suggested:
            return replace(ask, empty=self._suggested)
        return replace(ask, choices=self._complaints) if ask.name == "complaints" else ask

    @cached_property
    def _stopped(self) -> Schedule | None:
        """The plan that was stopped for these very words, the last of the draft: its answers need not be given again."""
        if self.draft.standing != Draft.Standing.APPROVED:
            return None
        last = Schedule.objects.filter(draft=self.draft).select_related("withdrawal").order_by("-pk").first()
        if last is None or last.state != Schedule.State.STOPPED or last.revision_id != self.draft.approved_revision_id:
            return None
        return last

    def _as_planned(self, planned: Schedule, name: str) -> str:
        end = getattr(planned, "withdrawal", None)
        moment = {"publish_at": planned.due_at, "withdraw_at": end.due_at if end else None}.get(name)
        if moment is not None:
            return moments.field_value(moment) if moment > self.at else ""
        said = {"kind": planned.kind, "line": planned.line, "prominence": planned.prominence}
        return said.get(name, "")

    @cached_property
    def _suggested(self) -> str:
        draft, story = self.draft, self.draft.story
        words = draft.approved_revision or draft.head
        if draft.base_revision is None or words is None:
            return ""
        found = corrections.look_at(story, draft.base_revision, words, at=self.at)
        label = Correction.Prominence(found.prominence).label
        return f"As suggested: {label[0].lower()}{label[1:]} ({found.why})"

    @cached_property
    def _complaints(self) -> tuple[tuple[str, str], ...]:
        """The ids and words of what readers reported of the story."""
        return tuple(
            (str(one.pk), f"{timezone.localtime(one.received_at):%-d %B}: {_short(one.wrong)}")
            for one in complaints.open_of(self.draft.story_id)[:MOST]
        )


def _short(words: str) -> str:
    return words if len(words) <= 120 else words[:119].rstrip() + "…"

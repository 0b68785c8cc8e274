"""Which moves fit where a draft and its story stand, and which of them a person may take: what buttons are drawn from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from articles import four_eyes, gates, move_questions
from articles.access import LAWYERS
from articles.asks import Ask
from articles.models import Draft, Story
from articles.move import Move
from articles.moves import BUTTONS
from newsroom.accounts.models import Person


@dataclass(frozen=True)
class MoveChoice:
    """A button. asks: what this move asks now. why_not: a sentence where ``allowed`` is False. theirs: it is another
    person's to take. warning: what this person should know before they take it."""

    move: Move
    allowed: bool
    why_not: str = ""
    asks: tuple[Ask, ...] = ()
    theirs: bool = False
    warning: str = ""


def moves_for(person: Person, draft: Draft, *, at: datetime | None = None, every: bool = False) -> list[MoveChoice]:
    """The moves that fit where the draft and its story stand, with whether this person may take each and why not.

    every: also what is another desk's altogether (a legal hold), which nobody else is offered.
    ``draft.story`` should be loaded, with ``held_by``. At most four queries for an editor looking at a draft in review,
    three more where a correction can be published, one where the story can be withdrawn, and two where an approved one is in a section with the strict rule.
    """
    at = at or timezone.now()
    offered = move_questions.Offered(draft, at)
    voided = void(draft, draft.approved_revision_id, draft.approved_by)
    choices = []
    for move in BUTTONS:
        if not move.fits(draft.standing, draft.story, at):
            continue
        if move.renews and draft.standing == Draft.Standing.APPROVED and not voided:
            continue
        why_not, warning = move.not_theirs(person), ""
        theirs = bool(why_not)
        if theirs and move.who == LAWYERS and not every:
            continue
        if not why_not and move.gated and not _by_itself(move, draft.story):
            why_not = gates.why_closed(draft.story, at)
        if not why_not and move.needs_changes and unchanged(draft):
            why_not = "Nothing has changed yet."
        if not why_not and move.four_eyes:
            judged = four_eyes.judge(person, draft)
            why_not, warning = judged.why_not, judged.said(to_them=True)
            theirs = bool(why_not)
        if not why_not and move.sends_approved:
            why_not = voided
        asks = offered.of(move, settled=bool(why_not))
        choices.append(MoveChoice(move, not why_not, why_not, asks, theirs, warning))
    return choices


@dataclass(frozen=True)
class Barred:
    """Moves that a person may not take, all for one reason. labels: "Approve, Publish"; why: the sentence."""

    labels: str
    why: str


def barred(choices: Iterable[MoveChoice], person: Person) -> list[Barred]:
    """Those of ``choices`` that are not allowed, by their reason, each reason said once."""
    reasons: dict[tuple[bool, str], list[MoveChoice]] = {}
    for choice in choices:
        if not choice.allowed:
            roles = bool(choice.move.not_theirs(person))
            reasons.setdefault((roles, choice.move.for_whom if roles else choice.why_not), []).append(choice)
    return [
        Barred(
            ", ".join(choice.move.label for choice in those),
            f"{'They are' if len(those) > 1 else 'It is'} for {reason}." if roles else reason,
        )
        for (roles, reason), those in reasons.items()
    ]


def void(draft: Draft, revision_id: int | None, approver: Person | None) -> str:
    """Why a standing approval counts no longer, or ""."""
    return (revision_id and approver and four_eyes.why_void(draft, revision_id, approver)) or ""


def unchanged(draft: Draft) -> bool:
    """Whether the draft says what readers see."""
    base, head = draft.base_revision, draft.head
    return base is not None and head is not None and base.digest == head.digest


def _by_itself(move: Move, story: Story) -> bool:
    """Whether an embargo alone holds a move that names a later minute: that may be planned."""
    return story.held_at is None and any(ask.name == "publish_at" for ask in move.asks)

"""Planning a publication for a minute, changing the plan, and giving it up (promises 2 and 7). ``due`` carries it out."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Q, QuerySet

from articles import asks, moments, taken
from articles.events import SCHEDULE_STOPPED
from articles.models import Draft, Schedule, Story
from articles.refusals import MoveRefused
from newsroom.accounts.models import Person
from newsroom.outbox import record

State = Schedule.State
OVERDUE = timedelta(minutes=1)


def plan(
    draft: Draft, revision_id: int, approver_id: int, *, person: Person, given: dict[str, str], at: datetime
) -> Schedule:
    """Plan the publication of an approved revision, inside the move. given: of ``asks.read`` for "schedule".

    Raises:
        MoveRefused: the times do not fit each other, or the story is under embargo or held.
    """
    publish_at, withdraw_at = _times(draft.story, given)
    made = Schedule.objects.create(
        story=draft.story,
        move=Schedule.Move.PUBLISH,
        draft=draft,
        revision_id=revision_id,
        approved_by_id=approver_id,
        due_at=publish_at,
        next_at=publish_at,
        kind=given.get("kind", ""),
        line=given.get("line", ""),
        prominence=given.get("prominence", ""),
        complaints=asks.records(given, "complaints"),
        person=person,
        made_at=at,
    )
    _plan_end(made, withdraw_at, person=person, at=at)
    return made


def change(draft: Draft, *, person: Person, given: dict[str, str], at: datetime) -> Schedule:
    """Give what is planned for a draft other minutes, inside the move. Raises MoveRefused as ``plan``."""
    publish_at, withdraw_at = _times(draft.story, given)
    made = of(draft)
    Schedule.objects.filter(pk=made.pk).update(due_at=publish_at, next_at=publish_at, attempts=0, trouble="")
    Schedule.objects.filter(after=made, state=State.WAITING).update(state=State.CANCELLED, ended_at=at, after=None)
    _plan_end(made, withdraw_at, person=person, at=at)
    return made


def of(draft: Draft) -> Schedule:
    """What is planned for a draft that stands scheduled, its row held until the transaction ends.

    Raises:
        MoveRefused: nothing is, any more.
    """
    found = Schedule.objects.select_for_update().filter(draft=draft, state=State.WAITING).first()
    if found is None:
        raise MoveRefused("Nothing is planned for this draft any more. Look again.")
    return found


def give_back(planned: Schedule, *, state: str, at: datetime, trouble: str = "") -> None:
    """End a plan: the draft stands approved again where its newest words are the approved ones, else in review."""
    Schedule.objects.filter(Q(pk=planned.pk) | Q(after=planned), state=State.WAITING).update(
        state=state, ended_at=at, trouble=trouble
    )
    if planned.draft_id is None:
        return
    same = {
        "standing": Draft.Standing.APPROVED,
        "approved_revision": planned.revision_id,
        "approved_by": planned.approved_by_id,
    }
    back = Draft.objects.filter(pk=planned.draft_id)
    back.filter(head=planned.revision_id).update(**same) or back.update(standing=Draft.Standing.IN_REVIEW)


def stop(planned: Schedule, *, why: str, at: datetime, by: Person | None = None) -> None:
    """Stop a plan that may not be carried out any more: in the log, and to its people. by: whose move stopped it."""
    give_back(planned, state=State.STOPPED, at=at, trouble=why)
    if planned.draft_id is not None:
        Draft.objects.filter(pk=planned.draft_id).update(version=F("version") + 1, changed_at=at)
    taken.log(
        "stop-schedule",
        story_id=planned.story_id,
        draft_id=planned.draft_id,
        revision_id=planned.revision_id,
        person_id=planned.person_id,
        at=at,
        reason=why,
    )
    record(SCHEDULE_STOPPED, schedule_id=planned.pk, why=why, person_id=by.pk if by else None)


def stop_after(move: str, story: Story, *, why: str, at: datetime, by: Person | None = None) -> None:
    """Stop the publications that a move on the story has made impossible.

    An embargo that ends before the planned minute stops nothing.
    """
    planned: QuerySet[Schedule] = Schedule.objects.select_for_update().filter(story=story, state=State.WAITING)
    if move in ("withdraw", "withdraw-scheduled"):
        # The planned end of a story that is gone has nothing left to end.
        planned.filter(move=Schedule.Move.WITHDRAW, after__isnull=True).update(state=State.CANCELLED, ended_at=at)
        planned.filter(move=Schedule.Move.WITHDRAW, after__state=State.DONE).update(state=State.CANCELLED, ended_at=at)
    elif move == "embargo":
        planned = planned.filter(due_at__lt=story.embargo_until)
    elif move not in ("hold", "spike"):
        return
    for one in planned.filter(move=Schedule.Move.PUBLISH):
        stop(one, why=why, at=at, by=by)


def overdue(at: datetime) -> QuerySet[Schedule]:
    """What should have happened more than a minute before ``at``, the longest overdue first."""
    late = Schedule.objects.filter(_ready(), state=State.WAITING, due_at__lt=at - OVERDUE)
    return late.prefetch_related("story__section", "story__published_revision", "revision")


def _ready() -> Q:
    return Q(after__isnull=True) | Q(after__state=State.DONE)


def _times(story: Story, given: dict[str, str]) -> tuple[datetime, datetime | None]:
    publish_at = datetime.fromisoformat(given["publish_at"])
    withdraw_at = datetime.fromisoformat(given["withdraw_at"]) if given["withdraw_at"] else None
    if withdraw_at is not None and withdraw_at <= publish_at:
        raise MoveRefused({"withdraw_at": "The end must be later than the beginning."})
    if story.embargo_until is not None and publish_at < story.embargo_until:
        until = moments.said(story.embargo_until)
        raise MoveRefused({"publish_at": f"The embargo ends at {until}. Choose that minute or a later one."})
    return publish_at, withdraw_at


def _plan_end(made: Schedule, withdraw_at: datetime | None, *, person: Person, at: datetime) -> None:
    if withdraw_at is None:
        return
    if Schedule.objects.filter(story=made.story, move=Schedule.Move.WITHDRAW, state=State.WAITING).exists():
        raise MoveRefused(
            {"withdraw_at": "The end of this story is planned already. Change that plan, or leave this empty."}
        )
    fields: dict[str, Any] = {"move": Schedule.Move.WITHDRAW, "due_at": withdraw_at, "next_at": withdraw_at}
    Schedule.objects.create(story=made.story, after=made, person=person, made_at=at, **fields)

"""Taking a move. Each is one transaction: the change, the log row and the event (promise 6). Two people moving at once:
the second is told what the first did."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from articles import (
    asks,
    carrying,
    checks,
    complaints,
    exits,
    four_eyes,
    gates,
    moments,
    pens,
    public_lines,
    publishing,
    reviews,
    schedule,
    taken,
)
from articles.choices import MoveChoice, barred, moves_for, unchanged, void
from articles.models import Draft, MoveLog, Review, Revision, Schedule, Story
from articles.move import Mark, Move, On
from articles.moves import BY_NAME
from articles.refusals import MoveRefused as Refused
from newsroom.accounts.models import Person


class Late(Exception):
    """Somebody else moved or saved first. Nothing was done; the message says who did what."""


__all__ = [
    "Late",
    "MoveChoice",
    "Refused",
    "approve",
    "barred",
    "moves_for",
    "publish",
    "request_changes",
    "submit",
    "take",
    "withdraw",
]


def submit(*, draft: Draft, person: Person, expected_version: int, at: datetime) -> MoveLog:
    """Hand the draft to the editors. Raises Refused, Late."""
    return take("submit", subject=draft, person=person, expected_version=expected_version, at=at)


def request_changes(*, draft: Draft, person: Person, expected_version: int, at: datetime, reason: str) -> MoveLog:
    """Give the draft back with what should change. Raises Refused, Late."""
    return take(
        "request-changes", subject=draft, person=person, expected_version=expected_version, at=at, reason=reason
    )


def approve(*, draft: Draft, person: Person, expected_version: int, at: datetime) -> MoveLog:
    """Stand behind the draft's newest revision, the one that ``expected_version`` showed.

    Raises:
        Refused: not an editor, four eyes (promise 3), or a check stops it (``problems``).
        Late: somebody moved or saved first.
    """
    return take("approve", subject=draft, person=person, expected_version=expected_version, at=at)


def publish(
    *, draft: Draft, person: Person, expected_version: int, at: datetime, kind: str = "", line: str = ""
) -> MoveLog:
    """Show readers the approved revision, and no other (promise 2).

    kind, line: asked when readers have seen the story before: one of Update.Kind, and the public line for all but
    minor (promise 10).

    Raises:
        Refused: not an editor, an answer is missing, a check stops it, or readers see something newer than the draft
            began from.
        Late: somebody moved or saved first.
    """
    return take("publish", subject=draft, person=person, expected_version=expected_version, at=at, kind=kind, line=line)


def withdraw(
    *, story: Story, person: Person, expected_version: int, at: datetime, reason: str, notice: str = ""
) -> MoveLog:
    """Take a published story from readers. expected_version: Story.version. Raises Refused, Late."""
    return take(
        "withdraw", subject=story, person=person, expected_version=expected_version, at=at, reason=reason, notice=notice
    )


def take(
    name: str, *, subject: Draft | Story, person: Person, expected_version: int, at: datetime, **answers: str
) -> MoveLog:
    """Take any move of the table that has a button. subject: what the row is on; expected_version: its version.

    Raises:
        Refused: by field for the answers, or "" for the move itself.
        Late: somebody moved or saved first.
    """
    move = BY_NAME[name]
    assert not move.automatic
    assert isinstance(subject, Draft if move.on is On.DRAFT else Story)
    if why_not := move.not_theirs(person):
        raise Refused(why_not)
    with transaction.atomic():
        if isinstance(subject, Draft):
            return _take_draft(move, subject.pk, person, expected_version, at, answers)
        return _take_story(move, subject.pk, person, expected_version, at, answers)


def _take_draft(
    move: Move, pk: int, person: Person, expected_version: int, at: datetime, answers: dict[str, str]
) -> MoveLog:
    changes: dict[str, Any] = {"standing": move.becomes, "changed_at": at, "changed_by": person}
    if move.name in ("approve", "emergency-publish"):
        changes |= {"approved_revision": F("head"), "approved_by": person}
    elif move.becomes not in (Draft.Standing.APPROVED, Draft.Standing.CLOSED):
        changes |= {"approved_revision": None, "approved_by": None}
    # The story's row before any draft's and any plan's: a publish goes on to the story's other drafts, a hold to its
    # plans, and two of them at once would wait for each other. Not its key: what is written beside a story asks for
    # that (a log row, or a draft changed twice in one transaction), and such a one may hold a draft.
    held = Story.objects.select_for_update(of=("self",), no_key=True)
    held.filter(drafts=pk).order_by("pk").values_list("pk").first()
    before = Draft.objects.select_related("approved_by").filter(pk=pk).first()
    claimed = Draft.objects.filter(pk=pk, version=expected_version, standing__in=move.standings)
    if not claimed.update(version=F("version") + 1, **changes):
        raise _told_draft(move, pk, expected_version, person)
    # The draft's row is ours until we commit. Whatever refuses from here on rolls the change back.
    draft = Draft.objects.select_related(
        "story__section", "story__held_by", "head", "approved_revision", "approved_by", "base_revision"
    ).get(pk=pk)
    if draft.story.spiked_at is not None:
        raise Refused("This story is spiked. Restore it first.")
    if move.needs_changes and unchanged(draft):
        raise Refused("Nothing has changed yet: these are the words that readers see.")
    void_now = void(draft, before.approved_revision_id, before.approved_by) if before and move.asks_void else ""
    if move.renews and before and before.standing == Draft.Standing.APPROVED and not void_now:
        raise Refused("These very words are approved already.")
    judged = four_eyes.judge(person, draft) if move.four_eyes else four_eyes.Judgement()
    if judged.why_not or (void_now and move.sends_approved):
        raise Refused(judged.why_not or void_now)
    given = _answers(move, answers, again=draft.story.first_published_at is not None, at=at)
    revision = draft.approved_revision if move.shows else draft.head
    assert revision is not None
    if move.gated and (why_closed := gates.why_closed(draft.story, at)) and not _outlasts(draft.story, given):
        raise Refused(why_closed)
    if move.name == "schedule":
        # The version that was compared says that nobody took the approval away since it was read here.
        assert before is not None
        assert before.approved_by is not None
        revision = Revision.objects.get(pk=before.approved_revision_id or 0)
        schedule.plan(draft, revision.pk, before.approved_by.pk, person=person, given=given, at=at)
    elif move.name == "reschedule":
        revision = schedule.change(draft, person=person, given=given, at=at).revision or revision
    elif move.name == "unschedule":
        schedule.give_back(schedule.of(draft), state=Schedule.State.CANCELLED, at=at)
    public_lines.check(_public(move, given), revision, story_id=draft.story_id)
    if move.checked:
        _checked(move, revision, draft.story, at)
    if move.shows:
        publishing.show(
            draft,
            revision,
            person=person,
            approver=draft.approved_by,
            at=at,
            mends=move.name == "mend",
            **publishing.told(given),
        )
    Revision.objects.filter(pk=revision.pk, sealed=False).update(sealed=True)
    reason = given.get("reason", "") or given.get("line", "") or judged.said(to_them=False)
    if publish_at := asks.moment(given, "publish_at"):
        withdraw_at = asks.moment(given, "withdraw_at")
        reason = f"For {moments.said(publish_at)}{f', until {moments.said(withdraw_at)}' if withdraw_at else ''}."
    log = taken.log(
        move.name,
        story_id=draft.story_id,
        draft_id=draft.pk,
        revision_id=revision.pk,
        person_id=person.pk,
        at=at,
        reason=reason,
    )
    if move.shows:
        carrying.note(log)
    if move.name == "emergency-publish":
        reviews.begin(log, kind=Review.Kind.EMERGENCY, before=draft.base_revision)
    return log


def _outlasts(story: Story, given: dict[str, str]) -> bool:
    """Whether nothing but an embargo is in the way, and ``schedule`` compares its end with the planned minute."""
    return story.held_at is None and bool(given.get("publish_at"))


def _take_story(
    move: Move, pk: int, person: Person, expected_version: int, at: datetime, answers: dict[str, str]
) -> MoveLog:
    seen = (
        Story.objects.select_for_update(of=("self",), no_key=True)
        .select_related("published_revision", "held_by")
        .get(pk=pk)
    )
    if seen.version != expected_version or not move.fits("", seen, at):
        raise _told_story(move, seen, expected_version, person)
    why_closed = gates.why_closed(seen, at)
    given = _answers(move, answers, again=True, at=at, seen=seen.is_published and not why_closed)
    if move.gated and why_closed:
        raise Refused(why_closed)
    if seen.published_revision is not None:
        public_lines.check(_public(move, given), seen.published_revision, story_id=pk)
    if move.checked:
        assert seen.published_revision is not None
        _checked(move, seen.published_revision, seen, at)
    Story.objects.filter(pk=pk).update(version=F("version") + 1, **publishing.story_changes(move, person, at, given))
    story = Story.objects.get(pk=pk)
    publishing.tell(move, story, given)
    schedule.stop_after(move.name, story, why=f"{person.name} {move.done}.", at=at, by=person)
    until = asks.moment(given, "until") or (story.live_until if Mark.LIVE in (move.sets, move.during) else None)
    if move.clears is Mark.LIVE:
        pens.end(story, by=person, at=at)
        if given["line"]:
            publishing.say(story, given["line"], person=person, at=at)
    log = taken.log(
        move.name,
        story_id=story.pk,
        revision_id=story.published_revision_id,
        person_id=person.pk,
        at=at,
        reason="\n".join(
            filter(None, [f"Until {moments.said(until)}." if until else "", given.get("reason") or given.get("line")])
        ),
    )
    complaints.tie(asks.records(given, "complaints"), log, person=person, at=at)
    if move.readers_become == Story.Readers.WITHDRAWN or (
        # Also a withdrawn one: its notice is a page as well.
        move.sets is Mark.EMBARGOED and seen.readers != Story.Readers.NOTHING
    ):
        exits.leave(log, at=at)
    return log


def _checked(move: Move, revision: Revision, story: Story, at: datetime) -> None:
    if stops := checks.held_back(checks.run(revision, story=story, at=at), move.name):
        raise Refused(" ".join(check.message for check in stops), stops)


def _answers(move: Move, answers: dict[str, str], *, again: bool, at: datetime, seen: bool = False) -> dict[str, str]:
    given = asks.read(move, answers, again=again, at=at, seen=seen)
    if again and "kind" in given and (messages := publishing.misfits(given)):
        raise Refused(messages)
    return given


def _public(move: Move, given: dict[str, str]) -> dict[str, str]:
    """The answers that readers are shown."""
    return {ask.name: given[ask.name] for ask in move.asks if ask.public}


def _told_draft(move: Move, pk: int, expected_version: int, person: Person) -> Exception:
    draft = Draft.objects.select_related("changed_by").get(pk=pk)
    if draft.version == expected_version:
        return Refused(f"“{move.label}” does not fit where this draft stands: {draft.get_standing_display().lower()}.")
    last = MoveLog.objects.filter(draft=draft).select_related("person").first()
    if last is not None and last.at >= draft.changed_at:
        return Late(_sentence(last.person, BY_NAME[last.move].done, last.at, person))
    return Late(_sentence(draft.changed_by, "saved newer words", draft.changed_at, person) + " Read them first.")


def _told_story(move: Move, story: Story, expected_version: int, person: Person) -> Exception:
    last = MoveLog.objects.filter(story=story).select_related("person").first()
    if story.version == expected_version or last is None:
        return Refused(f"“{move.label}” does not fit where this story stands: {story.get_readers_display().lower()}.")
    return Late(_sentence(last.person, BY_NAME[last.move].done, last.at, person))


def _sentence(who: Person, done: str, at: datetime, person: Person) -> str:
    fresh = timezone.now() - at < timedelta(minutes=1)
    when = "a moment ago" if fresh else f"at {timezone.localtime(at):%H:%M %Z on %-d %B}"
    return f"{'You' if who.pk == person.pk else who.name} {done} {when}."

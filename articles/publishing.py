"""What readers see, and the one clock (promises 1, 2 and 10). Called by ``workflow`` inside a move's transaction only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import F

from articles import asks, carrying, complaints, corrections, folding, gates, moments
from articles.events import (
    EMBARGO_ENDED,
    STORY_CHANGED,
    STORY_EMBARGOED,
    STORY_PUBLISHED,
    STORY_REINSTATED,
    STORY_UPDATED,
    STORY_WITHDRAWN,
)
from articles.models import Draft, Revision, Story, Update
from articles.moves import Mark, Move
from articles.refusals import MoveRefused
from newsroom.accounts.models import Person
from newsroom.outbox import record

BACK: dict[str, Any] = {"withdrawn_at": None, "withdrawn_reason": "", "withdrawn_notice": ""}
LIVE_FOR = moments.SHIFT  # a live story that nobody ends must not promise more for ever
# Promise 10: these alone move the time that readers, feeds and search engines see.
MOVES_THE_CLOCK = (Update.Kind.UPDATE, Update.Kind.CLARIFICATION, Update.Kind.CORRECTION)


def told(given: Mapping[str, str]) -> dict[str, Any]:
    """What a move's answers say of the note to readers, as ``show`` takes it."""
    return {
        "kind": given["kind"],
        "line": given["line"],
        "prominence": given["prominence"],
        "complaint_ids": asks.records(given, "complaints"),
    }


def misfits(given: Mapping[str, str]) -> dict[str, str]:
    """Messages by field where the answers on the note to readers do not fit each other."""
    messages = line_needed(given["kind"], given["line"])
    if given["complaints"] and given["kind"] not in corrections.KINDS:
        messages["complaints"] = (
            "A correction or a clarification answers a complaint. Untick it, or choose one of them."
        )
    return messages


def line_needed(kind: str, line: str) -> dict[str, str]:
    """Messages by field where kind and public line do not fit each other."""
    if kind in MOVES_THE_CLOCK and not line:
        return {"line": "Tell readers in one line what changed."}
    if kind == Update.Kind.MINOR and line:
        return {"line": "A minor change is silent. Take the line out, or choose another kind."}
    return {}


def show(
    draft: Draft,
    revision: Revision,
    *,
    person: Person,
    approver: Person | None,
    at: datetime,
    kind: str,
    line: str,
    prominence: str = "",
    complaint_ids: Sequence[int] = (),
    mends: bool = False,
) -> Update | None:
    """Make ``revision`` what readers see, with the live posts that they were given while it was approved (``carrying``);
    return the note of it, None for a first publication.

    prominence, complaint_ids: of a correction or clarification: where its note stands (of Correction.Prominence, ""
    takes what is suggested), and the open complaints that it answers. mends: the story is withdrawn, and these words bring
    it back.

    Raises:
        MoveRefused: a complaint is not one of this story's, or the story is held, under embargo, spiked or withdrawn, or readers see something else than the draft
            began from.
    """
    story = draft.story
    again = story.first_published_at is not None
    posted = draft.kind == Draft.Kind.LIVE
    before = Story.objects.select_related("published_revision").get(pk=story.pk).published_revision
    shown = revision
    if again and not posted:
        shown = carrying.carry(draft, revision, person=person, at=at, mends=mends)
    now_seen = gates.passable(Story.objects.all(), at).filter(
        pk=story.pk,
        readers=Story.Readers.WITHDRAWN if mends else Story.Readers.PUBLISHED if again else Story.Readers.NOTHING,
        published_revision=draft.base_revision if posted else before,
        spiked_at__isnull=True,
    )
    changes: dict[str, Any] = {
        "readers": Story.Readers.PUBLISHED,
        "published_revision": shown,
        "approved_by": approver,
    }
    if mends:
        changes |= BACK
    if not posted:
        # Not for a post: in a busy hour nobody could withdraw or hold the story before the next one came.
        changes["version"] = F("version") + 1
    if not again:
        changes |= {"first_published_at": at, "visible_updated_at": at}
    elif kind in MOVES_THE_CLOCK:
        # Two machines' clocks may differ by a little; the visible time never goes back for that.
        changes["visible_updated_at"] = max(at, story.visible_updated_at or at)
    if not now_seen.update(**changes):
        raise _not_now(story.pk, at)
    if not again:
        record(STORY_PUBLISHED, story_id=story.pk, revision_id=shown.pk)
        return None
    assert before is not None
    folding.fold(story, shown, person=person, at=at, posted=posted)
    update = Update.objects.create(story=story, revision=shown, kind=kind, line=line, at=at, person=person)
    if kind in corrections.KINDS:
        kept = corrections.keep(update, before, prominence=prominence)
        kept.complaints.set(complaints.tie(complaint_ids, update, person=person, at=at))
    if mends:
        record(STORY_REINSTATED, story_id=story.pk)
    record(STORY_UPDATED, story_id=story.pk, revision_id=shown.pk, update_kind=kind)
    return update


def _not_now(story_pk: int, at: datetime) -> MoveRefused:
    story = Story.objects.select_related("held_by").get(pk=story_pk)
    if why := gates.why_closed(story, at):
        return MoveRefused(why)
    if story.spiked_at is not None:
        return MoveRefused("This story is spiked. Restore it before you publish it.")
    if story.readers == Story.Readers.WITHDRAWN:
        return MoveRefused("This story was withdrawn meanwhile. “Publish mended” brings it back with these words.")
    return MoveRefused("Readers see a newer version than this draft began from. Take that in before you publish this.")


def story_changes(move: Move, person: Person, at: datetime, given: dict[str, str]) -> dict[str, Any]:
    """What a move on the story changes in its row."""
    changes: dict[str, Any] = _marked(move, person, at, given)
    if move.readers_become:
        changes["readers"] = move.readers_become
    if move.readers_become == Story.Readers.WITHDRAWN:
        changes |= {"withdrawn_at": at, "withdrawn_reason": given["reason"], "withdrawn_notice": given["notice"]}
    elif move.name == "reinstate":
        changes |= BACK
    return changes


def _marked(move: Move, person: Person, at: datetime, given: dict[str, str]) -> dict[str, Any]:
    mark, on = move.sets or move.clears, move.sets is not None
    if move.during is Mark.LIVE:
        return {"live_until": live_until(given, at)}
    if mark is Mark.LIVE:
        return {
            "live": on,
            "live_since": at if on else None,
            "live_by": person if on else None,
            "live_until": live_until(given, at) if on else None,
        }
    if mark is Mark.HELD:
        return {
            "held_at": at if on else None,
            "held_by": person if on else None,
            "held_reason": given["reason"] if on else "",
        }
    if mark is Mark.EMBARGOED:
        return {"embargo_until": asks.moment(given, "until") if on else None}
    if mark is Mark.SPIKED:
        return {"spiked_at": at if on else None}
    return {}


def live_until(given: Mapping[str, str], at: datetime) -> datetime:
    """When a story that is declared live at ``at`` ends by itself."""
    return asks.moment(given, "until") or at + LIVE_FOR


def say(story: Story, line: str, *, person: Person, at: datetime) -> Update:
    """Tell readers one line of a published story whose text stays as it is: an update on the one clock (promise 10).
    The caller holds the story's row."""
    assert story.published_revision is not None
    seen = max(at, story.visible_updated_at or at)
    Story.objects.filter(pk=story.pk).update(visible_updated_at=seen)
    update = Update.objects.create(
        story=story, revision=story.published_revision, kind=Update.Kind.UPDATE, line=line, at=at, person=person
    )
    record(
        STORY_UPDATED, story_id=story.pk, revision_id=story.published_revision_id, update_kind=Update.Kind.UPDATE.value
    )
    return update


def tell(move: Move, story: Story, given: dict[str, str]) -> None:
    """Record what follows from a move on the story."""
    if move.readers_become == Story.Readers.WITHDRAWN:
        record(STORY_WITHDRAWN, story_id=story.pk)
    elif move.name == "reinstate":
        record(STORY_REINSTATED, story_id=story.pk)
    elif move.sets is Mark.EMBARGOED:
        record(STORY_EMBARGOED, story_id=story.pk)
        record(EMBARGO_ENDED, at=asks.moment(given, "until"), story_id=story.pk)
    elif move.clears is Mark.EMBARGOED:
        record(EMBARGO_ENDED, story_id=story.pk)
    elif Mark.LIVE in (move.sets, move.clears, move.during) and story.is_published:
        record(STORY_CHANGED, story_id=story.pk, section_ids=[story.section_id], topic_ids=[], author_ids=[])

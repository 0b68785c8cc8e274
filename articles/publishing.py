"""What readers see, and the one clock (promises 1, 2 and 10). Called by ``workflow`` inside a move's transaction only."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import F

from articles import asks, folding, gates
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

# Promise 10: these alone move the time that readers, feeds and search engines see.
MOVES_THE_CLOCK = (Update.Kind.UPDATE, Update.Kind.CLARIFICATION, Update.Kind.CORRECTION)


def line_needed(kind: str, line: str) -> dict[str, str]:
    """Messages by field where kind and public line do not fit each other."""
    if kind in MOVES_THE_CLOCK and not line:
        return {"line": "Tell readers in one line what changed."}
    if kind == Update.Kind.MINOR and line:
        return {"line": "A minor change is silent. Take the line out, or choose another kind."}
    return {}


def show(
    draft: Draft, revision: Revision, *, person: Person, approver: Person | None, at: datetime, kind: str, line: str
) -> None:
    """Make ``revision`` what readers see.

    Raises:
        MoveRefused: the story is held, under embargo, spiked or withdrawn, or readers see something else than the draft
            began from.
    """
    story = draft.story
    again = story.first_published_at is not None
    now_seen = gates.passable(Story.objects.all(), at).filter(
        pk=story.pk,
        readers=Story.Readers.PUBLISHED if again else Story.Readers.NOTHING,
        published_revision=draft.base_revision,
        spiked_at__isnull=True,
    )
    changes: dict[str, Any] = {
        "readers": Story.Readers.PUBLISHED,
        "published_revision": revision,
        "approved_by": approver,
        "version": F("version") + 1,
    }
    if not again:
        changes |= {"first_published_at": at, "visible_updated_at": at}
    elif kind in MOVES_THE_CLOCK:
        # Two machines' clocks may differ by a little; the visible time never goes back for that.
        changes["visible_updated_at"] = max(at, story.visible_updated_at or at)
    if not now_seen.update(**changes):
        raise _not_now(story.pk, at)
    if again:
        assert draft.base_revision is not None
        folding.fold(story, draft.base_revision, revision, person=person, at=at)
        Update.objects.create(story=story, revision=revision, kind=kind, line=line, at=at, person=person)
        record(STORY_UPDATED, story_id=story.pk, revision_id=revision.pk, update_kind=kind)
    else:
        record(STORY_PUBLISHED, story_id=story.pk, revision_id=revision.pk)


def _not_now(story_pk: int, at: datetime) -> MoveRefused:
    story = Story.objects.select_related("held_by").get(pk=story_pk)
    if why := gates.why_closed(story, at):
        return MoveRefused(why)
    if story.spiked_at is not None:
        return MoveRefused("This story is spiked. Restore it before you publish it.")
    if story.readers == Story.Readers.WITHDRAWN:
        return MoveRefused("This story was withdrawn. It cannot be published from this draft.")
    return MoveRefused("Readers see a newer version than this draft began from. Take that in before you publish this.")


def story_changes(move: Move, person: Person, at: datetime, given: dict[str, str]) -> dict[str, Any]:
    """What a move on the story changes in its row."""
    changes: dict[str, Any] = _marked(move, person, at, given)
    if move.readers_become:
        changes["readers"] = move.readers_become
    if move.readers_become == Story.Readers.WITHDRAWN:
        changes |= {"withdrawn_at": at, "withdrawn_reason": given["reason"], "withdrawn_notice": given["notice"]}
    elif move.name == "reinstate":
        changes |= {"withdrawn_at": None, "withdrawn_reason": "", "withdrawn_notice": ""}
    return changes


def _marked(move: Move, person: Person, at: datetime, given: dict[str, str]) -> dict[str, Any]:
    mark, on = move.sets or move.clears, move.sets is not None
    if mark is Mark.LIVE:
        return {"live": on}
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
    elif Mark.LIVE in (move.sets, move.clears) and story.is_published:
        record(STORY_CHANGED, story_id=story.pk, section_ids=[story.section_id])

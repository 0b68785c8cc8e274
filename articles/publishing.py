"""What readers see, and the one clock (promises 1, 2 and 10). Called by ``workflow`` inside a move's transaction only."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import F

from articles.events import STORY_CHANGED, STORY_PUBLISHED, STORY_UPDATED, STORY_WITHDRAWN
from articles.models import Draft, Revision, Story, Update
from articles.moves import Move
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


def show(draft: Draft, revision: Revision, *, person: Person, at: datetime, kind: str, line: str) -> None:
    """Make ``revision`` what readers see.

    Raises:
        MoveRefused: the story is withdrawn, or readers see something else than the draft began from.
    """
    story = draft.story
    again = story.first_published_at is not None
    now_seen = Story.objects.filter(
        pk=story.pk,
        readers=Story.Readers.PUBLISHED if again else Story.Readers.NOTHING,
        published_revision=draft.base_revision,
    )
    changes: dict[str, Any] = {
        "readers": Story.Readers.PUBLISHED,
        "published_revision": revision,
        "approved_by": draft.approved_by,
        "version": F("version") + 1,
    }
    if not again:
        changes |= {"first_published_at": at, "visible_updated_at": at}
    elif kind in MOVES_THE_CLOCK:
        # Two machines' clocks may differ by a little; the visible time never goes back for that.
        changes["visible_updated_at"] = max(at, story.visible_updated_at or at)
    if not now_seen.update(**changes):
        raise _not_now(story.pk)
    if again:
        Update.objects.create(story=story, revision=revision, kind=kind, line=line, at=at, person=person)
        record(STORY_UPDATED, story_id=story.pk, revision_id=revision.pk, update_kind=kind)
    else:
        record(STORY_PUBLISHED, story_id=story.pk, revision_id=revision.pk)


def _not_now(story_pk: int) -> MoveRefused:
    if Story.objects.filter(pk=story_pk, readers=Story.Readers.WITHDRAWN).exists():
        return MoveRefused("This story was withdrawn. It cannot be published from this draft.")
    return MoveRefused("Readers see a newer version than this draft began from. Take that in before you publish this.")


def story_changes(move: Move, at: datetime, given: dict[str, str]) -> dict[str, Any]:
    """What a move on the story changes in its row."""
    changes: dict[str, Any] = {}
    if move.readers_become:
        changes["readers"] = move.readers_become
    if move.live is not None:
        changes["live"] = move.live
    if move.readers_become == Story.Readers.WITHDRAWN:
        changes |= {"withdrawn_at": at, "withdrawn_reason": given["reason"], "withdrawn_notice": given["notice"]}
    return changes


def tell(move: Move, story: Story) -> None:
    """Record what follows from a move on the story."""
    if move.readers_become == Story.Readers.WITHDRAWN:
        record(STORY_WITHDRAWN, story_id=story.pk)
    elif story.is_published:
        record(STORY_CHANGED, story_id=story.pk, section_ids=[story.section_id])

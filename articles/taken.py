"""Writing down a move that is taken: its log row and its event together, inside the move's own transaction (promise 6).

Nothing else makes a log row, so no move, by hand or by the clock, is without the event that names it.
"""

from __future__ import annotations

from datetime import datetime

from articles.models import MoveLog
from articles.moves import EVENTS
from newsroom.outbox import record


def log(
    name: str,
    *,
    story_id: int,
    person_id: int,
    at: datetime,
    draft_id: int | None = None,
    revision_id: int | None = None,
    reason: str = "",
) -> MoveLog:
    """Write the row and record the event of a move of the table. reason: what was answered to it, as the history shows.

    Raises:
        KeyError: no such move.
        OutboxError: no transaction is open: the row could be there without its event.
    """
    kind = EVENTS[name]
    made = MoveLog.objects.create(
        story_id=story_id,
        draft_id=draft_id,
        revision_id=revision_id,
        move=name,
        person_id=person_id,
        at=at,
        reason=reason,
    )
    record(
        kind,
        log_id=made.pk,
        story_id=story_id,
        draft_id=draft_id,
        revision_id=revision_id,
        person_id=person_id,
    )
    return made

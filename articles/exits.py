"""The ways in which a story reaches readers, each of which it must leave (promises 8, 9).

A room registers its own in ``ready()``: ``EXITS.register(Exit("mail", "Queued mail", leave=...))``; ``leave`` is given the
story's id.
"""

from __future__ import annotations

from datetime import datetime

from articles.events import STORY_LEFT
from articles.models import MoveLog, Receipt
from newsroom.exits import Exit, Exits

__all__ = ["EXITS", "Exit", "leave"]

EXITS: Exits[int] = Exits(
    "story",
    STORY_LEFT,
    handlers="exits",
    receipts=Receipt,
    of="log",
    thing=lambda event: int(event.payload["story_id"]),
)


def leave(log: MoveLog, *, at: datetime) -> None:
    """Have the story leave every exit, in the transaction of the move that takes it from readers."""
    EXITS.leave(log, at=at, receipt={"story_id": log.story_id}, story_id=log.story_id)

"""The ways in which a story reaches readers, each of which it must leave, and the receipts that it did (promises 8, 9).

An app registers its own in ``ready()``: ``exits.register(exits.Exit("mail", "Queued mail", leave=...))``. Each exit is an
effect of its own in the outbox: tried again by itself, holding up no other.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from articles.events import STORY_LEFT
from articles.models import MoveLog, Receipt
from newsroom.outbox import EventData, handler, record


@dataclass(frozen=True)
class Exit:
    """One way to readers.

    name: lasting, rows in the database name it. label: on the page of receipts. order: there, ascending. leave: takes the
    story (its id) away and says in a sentence what it found; raises when it could not, and is then tried again. It may
    run more than once.
    """

    name: str
    label: str
    leave: Callable[[int], str]
    order: int = 50


_exits: dict[str, Exit] = {}


def register(exit: Exit) -> None:
    """Add an exit. Called from ``ready()``.

    Raises:
        ValueError: the name is taken.
    """
    if exit.name in _exits:
        raise ValueError(f"The exit {exit.name!r} is registered twice.")
    _exits[exit.name] = exit
    does = f"Take a story from readers: {exit.label[0].lower()}{exit.label[1:]}"
    handler(STORY_LEFT, name=effect_of(exit.name), does=does)(lambda event: _leave(exit, event))


def registered() -> list[Exit]:
    return sorted(_exits.values(), key=lambda exit: (exit.order, exit.name))


def effect_of(name: str) -> str:
    """The name of an exit's handler in the outbox."""
    return f"exits.{name}"


def leave(log: MoveLog, *, at: datetime) -> None:
    """Have the story leave every exit, in the transaction of the move that takes it from readers."""
    Receipt.objects.bulk_create(
        Receipt(story_id=log.story_id, log=log, exit=exit.name, asked_at=at) for exit in registered()
    )
    record(STORY_LEFT, story_id=log.story_id, log_id=log.pk)


def _leave(exit: Exit, event: EventData) -> None:
    found = exit.leave(event.payload["story_id"])
    # In the transaction that marks the effect done: no receipt without the deed, no deed marked without its receipt.
    open_ones = Receipt.objects.filter(log_id=event.payload["log_id"], exit=exit.name, acknowledged_at=None)
    open_ones.update(acknowledged_at=timezone.now(), found=found)

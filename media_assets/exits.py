"""The ways in which a picture reaches readers, each of which it must leave, and the receipts that it did.

An app registers its own in ``ready()``: ``exits.register(exits.Exit("feeds", "Feeds", leave=...))``. Each exit is an effect
of its own in the outbox: tried again by itself, holding up no other.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from media_assets.events import ASSET_LEFT
from media_assets.models import Departure, PictureReceipt
from newsroom.outbox import EventData, handler, record


@dataclass(frozen=True)
class Exit:
    """One way to readers.

    name: lasting, rows in the database name it. label: on the page of receipts. order: there, ascending. leave: sees to
    it that the departed picture is gone from there, asks, and says in a sentence what it was answered; raises while it is
    still there, and is then tried again. It may run more than once.
    """

    name: str
    label: str
    leave: Callable[[Departure], str]
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
    does = f"Take a picture from readers: {exit.label[0].lower()}{exit.label[1:]}"
    handler(ASSET_LEFT, name=effect_of(exit.name), does=does)(lambda event: _leave(exit, event))


def registered() -> list[Exit]:
    return sorted(_exits.values(), key=lambda exit: (exit.order, exit.name))


def effect_of(name: str) -> str:
    """The name of an exit's handler in the outbox."""
    return f"picture-exits.{name}"


def leave(departure: Departure, *, at: datetime) -> None:
    """Have the picture leave every exit, in the transaction that notices its departure."""
    PictureReceipt.objects.bulk_create(
        PictureReceipt(departure=departure, exit=exit.name, asked_at=at) for exit in registered()
    )
    record(ASSET_LEFT, asset_id=departure.asset_id, departure_id=departure.pk)


def _leave(exit: Exit, event: EventData) -> None:
    found = exit.leave(Departure.objects.get(pk=event.payload["departure_id"]))
    # In the transaction that marks the effect done: no receipt without the deed, no deed marked without its receipt.
    open_ones = PictureReceipt.objects.filter(
        departure=event.payload["departure_id"], exit=exit.name, acknowledged_at=None
    )
    open_ones.update(acknowledged_at=timezone.now(), found=found)

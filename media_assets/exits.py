"""The ways in which a picture reaches readers, each of which it must leave when its rights end (promise 13).

A room registers its own in ``ready()``: ``EXITS.register(Exit("feeds", "Feeds", leave=...))``; ``leave`` is given the
``Departure``, asks whether the picture is gone from there, and raises while it is not.
"""

from __future__ import annotations

from datetime import datetime

from media_assets.events import ASSET_LEFT
from media_assets.models import Departure, PictureReceipt
from newsroom.exits import Exit, Exits
from newsroom.outbox import EventData

__all__ = ["EXITS", "Exit", "leave"]


def _departure(event: EventData) -> Departure:
    return Departure.objects.get(pk=event.payload["departure_id"])


EXITS: Exits[Departure] = Exits(
    "picture", ASSET_LEFT, handlers="picture-exits", receipts=PictureReceipt, of="departure", thing=_departure
)


def leave(departure: Departure, *, at: datetime) -> None:
    """Have the picture leave every exit, in the transaction that notices its departure."""
    EXITS.leave(departure, at=at, asset_id=departure.asset_id)

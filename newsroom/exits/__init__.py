"""What leaves the readers, and the receipts that it did (promises 8, 9, 13).

An app names the ways to readers that its things have, each once, in an ``Exits``; rooms above register theirs with it.
Each exit is an effect of its own in the outbox: tried again by itself, holding up no other.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from django.db.models import Model
from django.utils import timezone

from newsroom.exits.receipts import AnyReceipt
from newsroom.outbox import EventData, EventKind, handler, record, retry
from newsroom.outbox.models import Effect

__all__ = ["AnyReceipt", "Exit", "Exits", "Line", "Progress"]

# The events' table has an index on its time alone; two machines' clocks may differ.
NEAR = timedelta(minutes=10)
T = TypeVar("T")


@dataclass(frozen=True)
class Exit(Generic[T]):
    """One way to readers.

    name: lasting, rows in the database name it. label: on the page of receipts. leave: sees to it that the thing is gone
    from there and says in a sentence what it found; raises while it is still there, and is then tried again. It may run
    more than once. order: on the page, ascending.
    """

    name: str
    label: str
    leave: Callable[[T], str]
    order: int = 50


@dataclass(frozen=True)
class Line:
    """One exit's answer. effect: what the outbox knows of it, as long as that is not done."""

    receipt: AnyReceipt
    label: str
    effect: Effect | None

    @property
    def state(self) -> str:
        """ "gone", "given up", "again" (it failed, and will be tried again) or "waiting"."""
        if self.receipt.acknowledged_at is not None:
            return "gone"
        if self.effect is not None and self.effect.dead_at is not None:
            return "given up"
        return "again" if self.effect is not None and self.effect.last_error else "waiting"


@dataclass(frozen=True)
class Progress:
    """How far a thing has left, for the page of its receipts. at: when it was taken away."""

    lines: list[Line]
    at: datetime

    @property
    def gone(self) -> int:
        return sum(line.state == "gone" for line in self.lines)

    @property
    def waiting(self) -> bool:
        """Whether the list still moves by itself."""
        return any(line.state in ("waiting", "again") for line in self.lines)

    @property
    def seconds(self) -> int | None:
        """How long the slowest took, or None while any has not answered."""
        answered = [line.receipt.acknowledged_at for line in self.lines if line.receipt.acknowledged_at]
        if not answered or len(answered) < len(self.lines):
            return None
        return round((max(answered) - self.at).total_seconds())


class Exits(Generic[T]):
    """All ways to readers of one kind of thing."""

    def __init__(
        self,
        what: str,
        left: EventKind,
        *,
        handlers: str,
        receipts: type[AnyReceipt],
        of: str,
        thing: Callable[[EventData], T],
    ) -> None:
        """Arguments:
        what: "story", for the administrator. left: the event that it was taken away. handlers: their names in the outbox
        begin so, for good. receipts: the model. of: its foreign key to what took the thing away; the event carries the same
        row's id as ``<of>_id``. thing: what an exit's ``leave`` is given.
        """
        self.what = what
        self.left = left
        self.handlers = handlers
        self.receipts = receipts
        self.of = of
        self.thing = thing
        self._exits: dict[str, Exit[T]] = {}

    def register(self, exit: Exit[T]) -> None:
        """Add an exit. Called from ``ready()``.

        Raises:
            ValueError: the name is taken.
        """
        if exit.name in self._exits:
            raise ValueError(f"The exit {exit.name!r} is registered twice.")
        self._exits[exit.name] = exit
        does = f"Take a {self.what} from readers: {exit.label[0].lower()}{exit.label[1:]}"
        handler(self.left, name=self.handler_of(exit.name), does=does)(lambda event: self._leave(exit, event))

    def registered(self) -> list[Exit[T]]:
        return sorted(self._exits.values(), key=lambda exit: (exit.order, exit.name))

    def handler_of(self, name: str) -> str:
        """The name of an exit's handler in the outbox."""
        return f"{self.handlers}.{name}"

    def leave(self, by: Model, *, at: datetime, receipt: dict[str, Any] | None = None, **says: Any) -> None:
        """Have a thing leave every exit, in the transaction that takes it away.

        Arguments:
            by: the row that took it away. receipt: further columns of each receipt. says: further fields of the event.
        """
        self.receipts._default_manager.bulk_create(
            self.receipts(**{self.of: by}, exit=exit.name, asked_at=at, **receipt or {}) for exit in self.registered()
        )
        record(self.left, **{f"{self.of}_id": by.pk}, **says)

    def progress(self, by: Model, *, at: datetime) -> Progress:
        """What each exit answered to one departure. Two queries, however many exits.

        Arguments:
            at: when it was taken away.
        """
        known = {exit.name: (number, exit.label) for number, exit in enumerate(self.registered())}
        found = list(self.receipts._default_manager.filter(**{self.of: by}))
        asked = min((receipt.asked_at for receipt in found), default=at)
        effects = {
            effect.handler: effect
            for effect in Effect.objects.filter(
                event__kind=self.left.name,
                event__created_at__range=(asked - NEAR, asked + NEAR),
                done_at=None,
                **{f"event__payload__{self.of}_id": by.pk},
            )
        }
        lines = [
            Line(receipt, known.get(receipt.exit, (0, receipt.exit))[1], effects.get(self.handler_of(receipt.exit)))
            for receipt in found
        ]
        # One that another release registered stands last, under its name.
        lines.sort(key=lambda line: known.get(line.receipt.exit, (len(known), ""))[0])
        return Progress(lines, at)

    def again(self, by: Model, receipt: AnyReceipt) -> bool:
        """Try an exit again that was given up. Return False when it is being tried already, or done."""
        lines = self.progress(by, at=receipt.asked_at).lines
        line = next((line for line in lines if line.receipt.pk == receipt.pk), None)
        return line is not None and line.effect is not None and retry(line.effect.pk)

    def _leave(self, exit: Exit[T], event: EventData) -> None:
        found = exit.leave(self.thing(event))
        # In the transaction that marks the effect done: no receipt without the deed, no deed marked without its receipt.
        this = {f"{self.of}_id": event.payload[f"{self.of}_id"]}
        open_ones = self.receipts._default_manager.filter(**this, exit=exit.name, acknowledged_at=None)
        open_ones.update(acknowledged_at=timezone.now(), found=found)

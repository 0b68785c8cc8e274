"""An event kind and handlers that exist for one test only."""

from __future__ import annotations

from newsroom.outbox import EventKind, handler
from newsroom.outbox.events import Handler


class Registry:
    """The test's own kind and handlers, and the bells that were rung."""

    def __init__(self, kind: EventKind) -> None:
        self.HAPPENED = kind
        self.rung: list[str] = []

    def handle(self, name: str, function: Handler) -> None:
        handler(self.HAPPENED, name=name, does="Something for a test")(function)

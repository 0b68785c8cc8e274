"""Effects that leave with the transaction that caused them, or not at all (domain 22).

An app declares what can happen in its ``events.py``, what follows in its ``handlers.py``::

    STORY_PUBLISHED = event("story.published", fields=("story_id", "revision_id"))

    @handler(STORY_PUBLISHED, name="articles.purge", does="Show a published story on the readers’ pages")
    def purge_pages(event: EventData) -> None: ...

and says so inside the transaction: ``record(STORY_PUBLISHED, story_id=story.pk, revision_id=revision.pk)``.

Names that need the models are found on first use, so that ``apps.py`` of any app may import this package.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from newsroom.outbox.events import EventData, EventKind, OutboxError, does, event, handler

if TYPE_CHECKING:
    from newsroom.outbox.dead import dead_letters, give_up, retry
    from newsroom.outbox.recording import clauses, record, ring
    from newsroom.outbox.relaying import relay, tidy, waiting_since

__all__ = [
    "EventData",
    "EventKind",
    "OutboxError",
    "clauses",
    "dead_letters",
    "does",
    "event",
    "give_up",
    "handler",
    "record",
    "relay",
    "retry",
    "ring",
    "tidy",
    "waiting_since",
]

_LATER = {
    "dead_letters": "dead",
    "give_up": "dead",
    "retry": "dead",
    "clauses": "recording",
    "record": "recording",
    "ring": "recording",
    "relay": "relaying",
    "tidy": "relaying",
    "waiting_since": "relaying",
}


def __getattr__(name: str) -> Any:
    if module := _LATER.get(name):
        return getattr(import_module(f"newsroom.outbox.{module}"), name)
    raise AttributeError(name)

"""What can happen, and what follows from it: the two registries."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar


class OutboxError(Exception):
    """The outbox is used against its rules: a mistake in the calling code, never a passing state."""


@dataclass(frozen=True)
class EventKind:
    """One kind of event. ``fields`` are the names its payload has, all of them, always."""

    name: str
    fields: frozenset[str]


@dataclass(frozen=True)
class EventData:
    """What a handler gets: the event's row id (the same at every attempt), its kind, payload and due time (aware)."""

    id: int
    kind: str
    payload: Mapping[str, Any]
    at: datetime


Handler = Callable[[EventData], object]
F = TypeVar("F", bound=Handler)

_kinds: dict[str, EventKind] = {}
_handlers: dict[str, tuple[str, Handler]] = {}
_does: dict[str, str] = {}


def event(name: str, *, fields: Iterable[str]) -> EventKind:
    """Declare a kind of event.

    Arguments:
        name: ``subject.happened``, unique in the product.
        fields: the names in its payload. Values are ids and short facts; a handler reads the rest afresh.

    Raises:
        OutboxError: the name is taken.
    """
    if name in _kinds:
        raise OutboxError(f"The event {name!r} is declared twice.")
    return _kinds.setdefault(name, EventKind(name, frozenset(fields)))


def handler(kind: EventKind, *, name: str, does: str) -> Callable[[F], F]:
    """Register a function that runs after each event of this kind, at least once, in a worker.

    It runs inside a transaction of its own that also marks it done: what it writes to PostgreSQL happens exactly
    once, what it does elsewhere must bear repeating. It must be short (well under ``relaying.LEASE_SECONDS``): long work
    writes its own ledger here and rings its own task.

    Arguments:
        name: ``app.verb``, unique in the product and lasting: rows in the database name it.
        does: what it does, for the administrator who must decide about it when it fails: "Answer a sign-up by mail".

    Raises:
        OutboxError: the name is taken, nothing is said of what it does, or the kind was not declared with ``event()``.
    """

    def register(function: F) -> F:
        if _kinds.get(kind.name) is not kind:
            raise OutboxError(f"The event {kind.name!r} was not declared.")
        if name in _handlers and _handlers[name][1] is not function:
            raise OutboxError(f"The handler {name!r} is registered twice.")
        if not does.strip():
            raise OutboxError(f"The handler {name!r} does not say what it does.")
        _handlers[name] = (kind.name, function)
        _does[name] = does
        return function

    return register


def handlers_of(kind: EventKind) -> list[str]:
    """Return the names of the handlers of a kind, in the order of their registration."""
    return [name for name, (kind_name, _) in _handlers.items() if kind_name == kind.name]


def does(name: str) -> str | None:
    """Return what the handler does, in words, or None when this process does not know it."""
    return _does.get(name) if name in _handlers else None


def function_of(name: str) -> Handler | None:
    """Return the handler's function, or None when this process does not know it (an older or newer release)."""
    found = _handlers.get(name)
    return found[1] if found else None

"""Which pages can be followed, and what readers see of each."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from newsroom.live.parts import State

# What a page is to readers at a moment; None: nothing.
StateOf = Callable[[int, datetime], State | None]

_states: dict[str, StateOf] = {}


def register(kind: str, state_of: StateOf) -> None:
    """Have pages of a kind followed.

    Arguments:
        kind: the tag's first word: the page with the tag ``story:12`` is ``register("story", ...)``'s number 12.
        state_of: (number, moment) -> what readers see then, or None. It reads the database afresh each time.
    """
    _states[kind] = state_of


def registered(kind: str) -> bool:
    return kind in _states


def state(topic: str, at: datetime) -> State | None:
    """What readers see of a topic at ``at``; None for nothing, or no such topic."""
    kind, _, number = topic.partition(":")
    state_of = _states.get(kind)
    return state_of(int(number), at) if state_of and number.isascii() and number.isdigit() else None

"""What the pickers of the three kinds share."""

from __future__ import annotations

from collections.abc import Mapping

from articles import typed
from newsroom.blocks import PlaceRefused

FOUND = 24


def chosen(fields: Mapping[str, str], otherwise: str) -> int:
    """The id that a picker sent.

    Raises:
        PlaceRefused: nothing was chosen; ``otherwise`` says what to do.
    """
    number = typed.whole_number(fields.get("choice", ""))
    if number is None:
        raise PlaceRefused({"choice": otherwise})
    return number


def short(words: str, length: int = 90) -> str:
    """The beginning of ``words`` on one line."""
    line = " ".join(words.split())
    return line if len(line) <= length else f"{line[: length - 1].rsplit(' ', 1)[0]}…"

"""What a move asks for, and reading the answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from articles import house_style, moments, typed
from articles.refusals import MoveRefused

if TYPE_CHECKING:
    from articles.move import Move


class When(StrEnum):
    ALWAYS = "always"
    AGAIN = "again"  # readers have seen the story before
    SEEN = "seen"  # readers see it now, and no gate keeps new words from them


@dataclass(frozen=True)
class Ask:
    """One thing that a move asks for. kind: line, lines, choice, moment (a time to come, to the minute), or records
    (any of some rows; the answer is their ids with commas, the choices are found when the move is offered).

    public: readers are shown the answer, so that a quotation in it needs a source, and its marks are set as the text's
    are. empty: a choice not made.
    """

    name: str
    label: str
    help: str = ""
    kind: str = "line"
    required: bool = True
    choices: tuple[tuple[str, str], ...] = ()
    when: When = When.ALWAYS
    longest: int = 300
    public: bool = False
    initial: str = ""
    empty: str = "Choose"


def read(move: Move, answers: Mapping[str, str], *, again: bool, at: datetime, seen: bool = False) -> dict[str, str]:
    """The answers to a move's questions as they will be kept, "" where nothing was asked or said.

    A moment becomes ISO 8601 with its offset.

    Raises:
        MoveRefused: by field, everything that is missing or cannot be.
    """
    given = dict.fromkeys((ask.name for ask in move.asks), "")
    messages: dict[str, str] = {}
    for ask in move.asks:
        if (ask.when is When.AGAIN and not again) or (ask.when is When.SEEN and not seen):
            continue
        text = (typed.lines if ask.kind == "lines" else typed.line)(answers.get(ask.name) or "")
        if ask.public:
            text = "\n".join(house_style.curl(line) for line in text.split("\n"))
        if not text and ask.required:
            messages[ask.name] = f"“{ask.label}” needs an answer."
        elif len(text) > ask.longest:
            messages[ask.name] = f"Keep it to {ask.longest} characters."
        elif text and ask.kind == "records":
            ids = [typed.whole_number(part) for part in text.split(",")]
            if None in ids:
                messages[ask.name] = "Choose from the list."
        elif text and ask.choices and text not in dict(ask.choices):
            messages[ask.name] = "Choose one of the list."
        elif text and ask.kind == "moment":
            try:
                text = moments.read(text, at=at).isoformat()
            except moments.NotAMoment as refusal:
                messages[ask.name] = str(refusal)
        given[ask.name] = text
    if messages:
        raise MoveRefused(messages)
    return given


def moment(given: Mapping[str, str], name: str) -> datetime | None:
    """A moment out of what ``read`` returned."""
    return datetime.fromisoformat(given[name]) if given.get(name) else None


def records(given: Mapping[str, str], name: str) -> list[int]:
    """The ids out of what ``read`` returned."""
    return [int(part) for part in given.get(name, "").split(",") if part]

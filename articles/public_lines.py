"""What readers are told beside a story's text: the line of an update, the notice of a withdrawal. A quotation in it must
be one that the story ties or that an editor waived for it (promise 11): there is no place in a line to tie it."""

from __future__ import annotations

from collections.abc import Mapping

from articles import ledger
from articles.ledger import Standing
from articles.models import Revision
from articles.quotation_marks import in_line
from articles.refusals import MoveRefused
from newsroom.wording import quoted


def check(lines: Mapping[str, str], revision: Revision, *, story_id: int) -> None:
    """Let the lines pass whose quotations ``revision`` ties. No query where there are none.

    lines: field -> what readers would be told.

    Raises:
        MoveRefused: by field, with the words that nothing stands behind.
    """
    marks = [mark for name, text in lines.items() for mark in in_line(text, name)]
    if not marks:
        return
    judged = ledger.judge([*ledger.marks_of(revision), *marks], story_id=story_id)[-len(marks) :]
    untied: dict[str, list[str]] = {}
    for item in judged:
        if item.standing is Standing.UNTIED:
            untied.setdefault(item.mark.place, []).append(quoted(item.mark.words))
    if untied:
        raise MoveRefused({name: _say(words) for name, words in untied.items()})


def _say(words: list[str]) -> str:
    are = "are" if len(words) > 1 else "is"
    return (
        f"{', '.join(words)} {are} not tied to a source in this story’s text. Quote what the text ties, "
        "or write it without quotation marks."
    )

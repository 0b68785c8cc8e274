"""Finds the quotation marks in a text.

The writing screen draws the same pairs with its highlight (curly, straight, low and angle marks; single ones are
apostrophes here). This finder is never narrower than that one: it also takes a pair longer than the highlight's limit,
and an opening mark that no other closes, as in a quotation that runs over several paragraphs.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field

from newsroom.blocks.tree import Node, parse

_CLOSERS = {"“": "”", "‟": "”", "„": "“”", "«": "»", "»": "«", '"': '"', "＂": "＂", "〝": "〞〟"}
_STRAY = "”"
MARKS = '“”„‟«»"＂〝〞〟'
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060-\u2064\ufeff]")
# Words left out, or put in by us: “I am […] proud of [Harry]”. What stands between must still be said in this order.
_GAP = re.compile(r"\[[^\[\]]*\]|…|\.{3,}|(?:\. ){2,}\.")
_INLINE = frozenset({"strong", "em", "s", "sub", "sup", "a", "q", "br"})


def normalise(words: str) -> str:
    """The words alone, for comparing: no case, no punctuation, apostrophes and invisible characters made equal."""
    text = _INVISIBLE.sub("", unicodedata.normalize("NFKC", words)).casefold().replace("’", "'").replace("ʼ", "'")
    return " ".join(_WORD.findall(text))


def says(quoted: str, said: str) -> bool:
    """Whether ``quoted`` is (a part of) what was said.

    Parts count as they stand, in order; a bracket or three dots may stand where words were left out or put in. A word
    changed, added or dropped anywhere else is another wording.
    """
    parts = [part for part in (normalise(piece) for piece in _GAP.split(quoted)) if part]
    position, whole = 0, f" {normalise(said)} "
    for part in parts:
        found = whole.find(f" {part} ", position)
        if found < 0:
            return False
        position = found + len(part) + 1
    return bool(parts)


@dataclass(frozen=True)
class Mark:
    """A pair of quotation marks, or a tied quotation.

    words: without the marks. place: "body", "headline", ... ; paragraph: index of the top-level element in the body.
    quotation_id: the ledger entry that the text ties it to, or None.
    """

    words: str
    place: str = "body"
    paragraph: int = 0
    quotation_id: int | None = None

    @property
    def normalised(self) -> str:
        return normalise(self.words)


@dataclass
class _Run:
    """Words that a reader sees as one paragraph, and where in them ties stand."""

    paragraph: int
    text: str = ""
    ties: list[tuple[int, int, int]] = field(default_factory=list)


def in_body(html: str) -> list[Mark]:
    """Every tie and every untied pair of marks in a cleaned body, in the order of the text."""
    marks: list[Mark] = []
    for run in _runs(html):
        found = [(start, Mark(_inner(run.text[start:end]), "body", run.paragraph, tie)) for start, end, tie in run.ties]
        for start, end in _pairs(run.text):
            if not any(a <= start and end <= b for a, b, _ in run.ties):
                found.append((start, Mark(_inner(run.text[start:end]), "body", run.paragraph)))
        # A tie without words still counts (it is void); marks around nothing are no quotation.
        marks += [mark for _, mark in sorted(found, key=lambda item: item[0]) if mark.quotation_id or mark.normalised]
    return marks


def in_line(text: str, place: str) -> list[Mark]:
    """Every pair of marks in plain text: a headline, a caption."""
    return [
        mark
        for line in text.split("\n")
        for start, end in _pairs(line)
        if (mark := Mark(_inner(line[start:end]), place)).normalised
    ]


def _pairs(text: str) -> Iterator[tuple[int, int]]:
    """Start and end (the marks included) of every pair in one paragraph."""
    position = begun = 0
    while position < len(text):
        char = text[position]
        if char == _STRAY:
            # Closed here, opened in an earlier paragraph.
            yield begun, position + 1
            begun = position = position + 1
            continue
        if char not in _CLOSERS or (char == '"' and position and text[position - 1].isdigit()):
            position += 1  # 5" is a measure
            continue
        end = next((i for i in range(position + 1, len(text)) if text[i] in _CLOSERS[char]), len(text) - 1)
        yield position, end + 1
        begun = position = end + 1


def _inner(text: str) -> str:
    return text.strip().strip(MARKS).strip()


def _runs(html: str) -> Iterator[_Run]:
    elements = (child for child in parse(html).children if isinstance(child, Node))
    for index, top in enumerate(elements):
        run = _Run(index)
        for piece in _pieces(top, run):
            if piece.text.strip() or piece.ties:
                yield piece


def _pieces(item: Node | str, run: _Run) -> Iterator[_Run]:
    """Cut at every element that starts a new line for readers; inline elements run on."""
    if isinstance(item, str):
        run.text += item
        return
    if item.is_block or item.tag == "hr":
        return
    start = len(run.text)
    for child in item.children:
        if isinstance(child, Node) and child.tag not in _INLINE:
            yield _Run(run.paragraph, run.text, run.ties)
            inner = _Run(run.paragraph)
            yield from _pieces(child, inner)
            yield inner
            run.text, run.ties, start = "", [], 0
        elif isinstance(child, Node) and child.tag == "br":
            run.text += "\n"
        else:
            yield from _pieces(child, run)
    if item.tag == "q" and item.attributes.get("data-quotation", "").isdigit():
        run.ties.append((start, len(run.text), int(item.attributes["data-quotation"])))
    if item.tag not in _INLINE:
        yield _Run(run.paragraph, run.text, run.ties)
        run.text, run.ties = "", []

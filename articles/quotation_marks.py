"""Finds the quotations in a text: what stands between quotation marks (marks.py says which belong together), and what
is tied to the ledger."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field

from articles.marks import bare, pairs
from newsroom.blocks.tree import Node, parse

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
# What a voice would say: words, a number with all that belongs to it (its sign, its point), a currency, a per cent.
_SPOKEN = re.compile(r"[$€£¥]|%|(?<![^\W_])-(?=\d)|[^\W_]+(?:'[^\W_]+|(?<=\d)[.,:/](?=\d)[^\W_]+)*")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_SUM, _PER_CENT = re.compile(r"([$€£¥]) (?=-?\d)"), re.compile(r"(?<=\d) per cent\b")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060-\u2064\ufeff]")
# Words left out, or put in by us: “I am […] proud of [Harry]”. What stands between must still be said in this order.
_GAP = re.compile(r"\[[^\[\]]*\]|…|\.{3,}|(?:\. ){2,}\.")
# Who leaves one of these out, or sets a bracket in its place, turns round what was said.
_NOT = re.compile(r"\b(?:not|no|nor|never|none|nobody|nothing|neither|cannot|without|\w+n't)\b")
_INLINE = frozenset({"strong", "em", "s", "sub", "sup", "a", "q", "br"})


def normalise(words: str) -> str:
    """The words alone, for comparing: no case, no punctuation, apostrophes and invisible characters made equal."""
    return " ".join(_WORD.findall(_plain(words)))


def spoken(words: str) -> str:
    """The words as they were said: as ``normalise``, but £5 is not $5, 3.5 not 35 or 3-5, and 5% not 5."""
    found = _SPOKEN.findall(_plain(words).replace("−", "-"))
    said = " ".join("per cent" if one in ("%", "percent") else _THOUSANDS.sub("", one) for one in found)
    # One word with its number: else “5” would be a part of “5 per cent”.
    return _SUM.sub(r"\1", _PER_CENT.sub("%", said))


def _plain(words: str) -> str:
    text = _INVISIBLE.sub("", unicodedata.normalize("NFKC", words)).casefold()
    return text.replace("’", "'").replace("ʼ", "'")


def says(quoted: str, said: str) -> bool:
    """Whether ``quoted`` is (a part of) what was said.

    Parts count as they stand, in order; a bracket or three dots may stand where words were left out or put in. A word
    changed, added or dropped anywhere else is another wording, and so is one whose gap swallows a "not".
    """
    parts = [part for part in (spoken(piece) for piece in _GAP.split(quoted)) if part]
    position, whole = 0, f" {spoken(said)} "
    for part in parts:
        found = whole.find(f" {part} ", position)
        if found < 0 or (position and _NOT.search(whole, position, found + 1)):
            return False
        position = found + len(part) + 1
    return bool(parts)


@dataclass(frozen=True)
class Mark:
    """A pair of quotation marks, or a tied quotation.

    words: without the marks. place: "body", "headline", "caption", ... ; paragraph: index of the top-level element in
    the body. quotation_id: the ledger entry that the text ties it to, or None. block: where it stands in one
    ("image:12"; "lead_image").
    """

    words: str
    place: str = "body"
    paragraph: int = 0
    quotation_id: int | None = None
    block: str = ""

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
        found = [(start, Mark(bare(run.text[start:end]), "body", run.paragraph, tie)) for start, end, tie in run.ties]
        for start, end in pairs(run.text, {end for _, end, _ in run.ties}):
            if not any(a <= start and end <= b for a, b, _ in run.ties):
                found.append((start, Mark(bare(run.text[start:end]), "body", run.paragraph)))
        # A tie without words still counts (it is void); marks around nothing are no quotation.
        marks += [mark for _, mark in sorted(found, key=lambda item: item[0]) if mark.quotation_id or mark.normalised]
    return marks


def in_line(text: str, place: str, block: str = "") -> list[Mark]:
    """Every pair of marks in plain text: a headline, a caption."""
    return [
        mark
        for line in text.split("\n")
        for start, end in pairs(line)
        if (mark := Mark(bare(line[start:end]), place, block=block)).normalised
    ]


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

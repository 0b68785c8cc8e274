"""Two texts of one story side by side, paragraph by paragraph: what somebody sees who saved too late."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from newsroom import blocks


@dataclass(frozen=True)
class Row:
    """One paragraph in both texts; an empty side has nothing there. ``same``: nothing to decide."""

    yours: SafeString
    theirs: SafeString
    same: bool


def lines(kicker: str, headline: str, standfirst: str, body: str) -> list[str]:
    """The text as a person reads it, one line per paragraph; a block is named by its kind and number."""
    found = [" ".join(part.split()) for part in (kicker, headline, standfirst)]
    for element in blocks.paragraphs.split(blocks.clean(body)):
        references = blocks.references(element)
        if references:
            block = blocks.get(references[0].kind)
            found.append(f"[{block.label if block else references[0].kind} {references[0].id}]")
        else:
            found += blocks.plain_text(element).split("\n")
    return [line for line in found if line]


def rows(yours: list[str], theirs: list[str]) -> list[Row]:
    """Both texts aligned. Words that stand on one side only are marked."""
    out: list[Row] = []
    for what, i1, i2, j1, j2 in SequenceMatcher(None, theirs, yours, autojunk=False).get_opcodes():
        if what == "equal":
            out += [Row(_plain(line), _plain(line), True) for line in theirs[i1:i2]]
            continue
        for offset in range(max(i2 - i1, j2 - j1)):
            left = yours[j1 + offset] if j1 + offset < j2 else ""
            right = theirs[i1 + offset] if i1 + offset < i2 else ""
            out.append(Row(*_marked(left, right), same=False))
    return out


def _plain(text: str) -> SafeString:
    return format_html("{}", text)


def _marked(yours: str, theirs: str) -> tuple[SafeString, SafeString]:
    mine, other = yours.split(), theirs.split()
    left: list[SafeString] = []
    right: list[SafeString] = []
    for what, i1, i2, j1, j2 in SequenceMatcher(None, other, mine, autojunk=False).get_opcodes():
        if what == "equal":
            left.append(_plain(" ".join(mine[j1:j2])))
            right.append(_plain(" ".join(other[i1:i2])))
            continue
        if j2 > j1:
            left.append(format_html("<ins>{}</ins>", " ".join(mine[j1:j2])))
        if i2 > i1:
            right.append(format_html("<ins>{}</ins>", " ".join(other[i1:i2])))
    return _joined(left), _joined(right)


def _joined(parts: Iterable[SafeString]) -> SafeString:
    return format_html_join(" ", "{}", ((part,) for part in parts))

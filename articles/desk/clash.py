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


@dataclass(frozen=True)
class Text:
    """One person's text: what stands above the body, line by line, and the body's HTML."""

    kicker: str = ""
    headline: str = ""
    standfirst: str = ""
    body: str = ""


def rows(yours: Text, theirs: Text) -> list[Row]:
    """Both texts, field by field and paragraph by paragraph. Words that stand on one side only are marked."""
    pairs = [(getattr(yours, name), getattr(theirs, name)) for name in ("kicker", "headline", "standfirst")]
    pairs += _paired(blocks.clean(yours.body), theirs.body)
    spaced = [(" ".join(left.split()), " ".join(right.split())) for left, right in pairs]
    return [
        Row(_plain(left), _plain(right), True) if left == right else Row(*marked(left, right), same=False)
        for left, right in spaced
        if left or right
    ]


def _paired(yours: str, theirs: str) -> list[tuple[str, str]]:
    """Paragraphs of both bodies side by side: by the alignment that gives paragraphs their keys."""
    mine, other = blocks.paragraphs.split(yours), blocks.paragraphs.split(theirs)
    names = [str(number) for number in range(len(other))]
    place = {name: number for number, name in enumerate(names)}
    pairs: list[tuple[str, str]] = []
    shown = 0
    for element, key in zip(mine, blocks.paragraphs.keys(theirs, names, yours), strict=True):
        number = place.get(key)
        if number is not None and number >= shown:
            pairs += [("", _words(one)) for one in other[shown:number]]
            pairs.append((_words(element), _words(other[number])))
            shown = number + 1
        else:
            pairs.append((_words(element), ""))
    return pairs + [("", _words(one)) for one in other[shown:]]


def _words(element: str) -> str:
    """A paragraph's words; a block is named by its kind and number."""
    references = blocks.references(element)
    if not references:
        return blocks.plain_text(element)
    block = blocks.get(references[0].kind)
    return f"[{block.label if block else references[0].kind} {references[0].id}]"


def _plain(text: str) -> SafeString:
    return format_html("{}", text)


def marked(yours: str, theirs: str) -> tuple[SafeString, SafeString]:
    """Both texts, the words that stand on one side only marked."""
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

"""What a stored body holds: its blocks, its tied quotations, its words. Every function takes cleaned HTML."""

from __future__ import annotations

import re
from collections.abc import Iterable

from newsroom.blocks import registry
from newsroom.blocks.contract import Reference
from newsroom.blocks.tree import Node, parse

_BLOCK = re.compile(r'<div data-block="([a-z]{2,20})" data-id="([1-9][0-9]{0,9})"></div>')
_QUOTATION = re.compile(r'<q data-quotation="([1-9][0-9]{0,9})">')
_WORD = re.compile(r"\w(?:[\w'’\u2011-]*\w)?")
WORDS_A_MINUTE = 230


def references(html: str) -> list[Reference]:
    """The blocks in ``html`` in the order of the text; one that stands twice is there twice."""
    return [Reference(kind, int(number)) for kind, number in _BLOCK.findall(html)]


def quotation_ids(html: str) -> list[int]:
    """Ledger ids of the quotations tied in the running text, each once, in the order of the text."""
    return list(dict.fromkeys(int(number) for number in _QUOTATION.findall(html)))


def tied_quotations(html: str) -> list[tuple[int, str]]:
    """Each tied quotation in the running text: its ledger id and its words with the marks, plain."""
    return [
        (int(node.attributes["data-quotation"]), " ".join(node.text().split()))
        for node in parse(html).walk()
        if node.tag == "q"
    ]


def plain_text(html: str) -> str:
    """The words of the text, one line per paragraph, heading, point or row; blocks leave nothing."""
    return "\n".join(_lines(parse(html).children))


def words(html: str) -> int:
    """How many words the text has; blocks do not count."""
    return len(_WORD.findall(plain_text(html)))


def minutes(html: str) -> int:
    """Reading time in whole minutes at 230 words a minute, at least 1."""
    return max(1, round(words(html) / WORDS_A_MINUTE))


def missing(html: str, *, known: Iterable[Reference] = ()) -> list[Reference]:
    """References whose kind is not registered or whose placement does not exist. One query per kind.

    known: references that are not asked about again (what the last revision already had).
    """
    asked = [reference for reference in dict.fromkeys(references(html)) if reference not in set(known)]
    lost: list[Reference] = []
    for kind in dict.fromkeys(reference.kind for reference in asked):
        ids = {reference.id for reference in asked if reference.kind == kind}
        block = registry.get(kind)
        found = set(block.load(ids)) if block is not None else set()
        lost += [reference for reference in asked if reference.kind == kind and reference.id not in found]
    return lost


def _lines(items: Iterable[Node | str]) -> list[str]:
    lines: list[str] = []
    for item in items:
        if isinstance(item, str):
            lines.append(" ".join(item.split()))
        elif item.is_block or item.tag == "hr":
            continue
        elif item.tag in ("ul", "ol", "blockquote", "table", "thead", "tbody", "li", "td", "th", "tr"):
            lines += _mixed(item)
        else:
            lines += [" ".join(line.split()) for line in item.text().split("\n")]
    return [line for line in lines if line]


_INLINE = ("strong", "em", "s", "sub", "sup", "a", "q", "br")


def _mixed(node: Node) -> list[str]:
    """An element that may hold words and other elements: words run on until the next element begins."""
    if node.tag == "tr":
        return [" ".join(" ".join(_lines([cell])) for cell in node.children)]
    lines: list[str] = []
    run: list[Node | str] = []
    for child in [*node.children, Node("hr")]:
        if isinstance(child, str) or child.tag in _INLINE:
            run.append(child)
            continue
        if run:
            lines += [" ".join(line.split()) for line in Node("", {}, run).text().split("\n")]
            run = []
        lines += _lines([child])
    return lines

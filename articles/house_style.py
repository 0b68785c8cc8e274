"""Quotation marks and apostrophes as the house sets them: “double” outside, ‘single’ inside, ’ for what is left out.

Only straight marks are set; a curly one stays, whoever typed it. Marks of measure stay straight (6' 2", a 5" heel), and
so does what stands in an address. The writing screen does the same while somebody types (static/js/writing-curl.js); a
test holds the two beside each other. Nothing here changes a word: a tie to the ledger holds (promise 11).
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from articles import marks
from articles.content import Content
from newsroom.blocks.tree import Node, parse, write

OPENERS = "([{<“‘„‚«‹"
DASHES = "–—-/"
LINES = ("headline", "kicker", "standfirst", "search_title", "search_description", "social_title", "social_description")
_MEASURED = "½¼¾⅓⅔⅛"
_FEET = re.compile(f"[0-9]['’] ?[0-9]{{1,2}}[{_MEASURED}]?\\Z")
_ADDRESS = re.compile(r"(?:https?://|ftp://|www\.)(?:[^\s\"'<>]|'(?=[A-Za-z0-9_/]))*", re.IGNORECASE)
_MAIL = re.compile(r"[A-Za-z0-9_.'+-]{1,64}@[A-Za-z0-9]")
_INLINE = frozenset({"strong", "em", "s", "sub", "sup", "a", "q"})


def curl(text: str) -> str:
    """One line or paragraph with its straight marks set. As long as before; curl(curl(x)) == curl(x)."""
    if '"' not in text and "'" not in text:
        return text
    out = list(text)
    fixed = {i for found in _ADDRESS.finditer(text) for i in range(*found.span()) if text[i] in "\"'"}
    double = single = False  # whether a pair is open
    for i, char in enumerate(text):
        if i not in fixed:
            if char == '"':
                out[i] = _double(text, i, out, double)
            elif char == "'":
                out[i] = _single(text, i, out, single)
        if out[i] in "“”":
            double = out[i] == "“"
        elif out[i] == "‘" or (out[i] == "’" and not text[i + 1 : i + 2].isalnum()):
            single = out[i] == "‘"
    return "".join(out)


def curl_body(html: str) -> str:
    """A cleaned body with its straight marks set; attributes and blocks stay as they are."""
    root = parse(html)
    root.children = [child for child in root.children if isinstance(child, Node)]  # the line ends between are written
    run: list[tuple[Node, int]] = []

    def settle() -> None:
        text = "".join("\n" if isinstance(item, Node) else item for item in (node.children[i] for node, i in run))
        set_, at = curl(text), 0
        for node, i in run:
            item = node.children[i]
            if isinstance(item, str):
                node.children[i] = set_[at : at + len(item)]
            at += 1 if isinstance(item, Node) else len(item)
        run.clear()

    def walk(node: Node) -> None:
        for i, child in enumerate(node.children):
            if isinstance(child, str) or child.tag == "br":
                run.append((node, i))
            elif child.tag in _INLINE:
                walk(child)
            else:
                settle()
                walk(child)
                settle()

    walk(root)
    settle()
    return write(root)


def curl_content(content: Content) -> Content:
    """What came in without the writing screen's script: its lines and its cleaned body set."""
    lines: dict[str, Any] = {
        name: "\n".join(curl(line) for line in getattr(content, name).split("\n")) for name in LINES
    }
    return replace(content, body=curl_body(content.body), **lines)


def _double(text: str, at: int, out: list[str], is_open: bool) -> str:
    before, after = "".join(out[at - 1 : at]) if at else "", text[at + 1 : at + 2]
    if (before.isdecimal() or (before and before in _MEASURED)) and (
        not is_open or _FEET.search("".join(out[max(0, at - 6) : at])) or _closes_next(text, at)
    ):
        return '"'
    edge, blank = not before or before.isspace(), not after or after.isspace()
    if edge and blank:
        return "”" if is_open else '"'
    if edge or before in OPENERS or (before in DASHES and not is_open):
        return "”" if blank else "“"
    return "”"


def _closes_next(text: str, at: int) -> bool:
    """Whether the next double mark can only close: then this one measures, and the quotation goes on."""
    found = next((i for i in range(at + 1, len(text)) if text[i] in '"“”'), None)
    if found is None or text[found] == "“":
        return False
    return text[found] == "”" or not (text[found - 1].isspace() or text[found - 1] in OPENERS or found == at + 1)


def _single(text: str, at: int, out: list[str], is_open: bool) -> str:
    before, after = "".join(out[at - 1 : at]) if at else "", text[at + 1 : at + 2]
    if _MAIL.match(text, at + 1) and before.isalnum():
        return "'"
    if before.isdecimal() and not is_open and (not after or not after.isalpha()):
        return "'"
    edge, blank = not before or before.isspace(), not after or after.isspace()
    if edge and blank:
        return "’" if is_open else "'"
    if edge or before in OPENERS or (before in DASHES and not is_open):
        if blank:
            return "’"
        # ’90s and ’tis, unless something closes what would open here.
        return "’" if marks.elided(text, at + 1) and not marks.encloses(text, at) else "‘"
    return "’"

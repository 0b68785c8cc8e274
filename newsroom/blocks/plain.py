"""A body's text as plain text: for the text part of a mail."""

from __future__ import annotations

from newsroom.blocks.shape import INLINE
from newsroom.blocks.tree import Node


def as_text(item: Node | str, base_url: str) -> str:
    """One top-level element as plain text without a line end after it. Links print their address in brackets."""
    if isinstance(item, str):
        return _squeezed(item)
    if item.tag in ("ul", "ol"):
        return "\n".join(_points(item, base_url, ""))
    if item.tag == "table":
        return "\n".join(_rows(item, base_url))
    if item.tag == "hr":
        return "* * *"
    if item.tag == "blockquote":
        return "\n".join(f"> {line}" if line else ">" for line in _mixed(item, base_url).split("\n"))
    return _words(item.children, base_url)


def _squeezed(text: str) -> str:
    return "\n".join(" ".join(line.split()) for line in text.split("\n")).strip()


def _words(items: list[Node | str], base_url: str) -> str:
    return _squeezed("".join(_word(item, base_url) for item in items))


def _word(item: Node | str, base_url: str) -> str:
    if isinstance(item, str):
        return item.replace("\n", " ")
    if item.tag == "br":
        return "\n"
    inner = "".join(_word(child, base_url) for child in item.children)
    if item.tag == "a":
        address = item.attributes.get("href", "")
        address = (
            base_url + address if address.startswith("/") else address.removeprefix("mailto:").removeprefix("tel:")
        )
        return inner if address in inner else f"{inner} ({address})"
    return inner


def _mixed(node: Node, base_url: str) -> str:
    """Words and other elements in one element, each element on lines of its own."""
    parts: list[str] = []
    run: list[Node | str] = []
    for child in [*node.children, Node("hr")]:
        if isinstance(child, str) or child.tag in INLINE:
            run.append(child)
            continue
        parts.append(_words(run, base_url))
        run = []
        if child.tag != "hr":
            parts.append(as_text(child, base_url))
    return "\n".join(part for part in parts if part)


def _points(node: Node, base_url: str, indent: str) -> list[str]:
    lines: list[str] = []
    number = 0
    for point in node.children:
        if not isinstance(point, Node):
            continue
        number += 1
        mark = f"{number}. " if node.tag == "ol" else "- "
        inner = _mixed(point, base_url).split("\n")
        lines.append(f"{indent}{mark}{inner[0]}")
        lines += [f"{indent}{' ' * len(mark)}{line}" for line in inner[1:]]
    return lines


def _rows(node: Node, base_url: str) -> list[str]:
    lines: list[str] = []
    for part in node.walk():
        if part.tag == "caption":
            lines.append(_words(part.children, base_url))
        elif part.tag == "tr":
            cells = [_mixed(cell, base_url).replace("\n", " ") for cell in part.children if isinstance(cell, Node)]
            lines.append(" | ".join(cells))
    return lines

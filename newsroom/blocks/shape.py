"""The second half of cleaning: puts a tree of allowed tags into the form of the contract."""

from __future__ import annotations

import re

from newsroom.blocks.tree import Node

INLINE = frozenset({"strong", "em", "s", "sub", "sup", "a", "q", "br"})
# These hold words only; a paragraph or list inside one is unwrapped.
WORDS_ONLY = frozenset({"p", "h2", "h3", "h4", "caption"})
HEADINGS = frozenset({"h2", "h3", "h4"})
TABLE_PARTS = frozenset({"caption", "thead", "tbody", "tr", "th", "td"})
MAX_DEPTH = 12
_RUN = re.compile("[ \xa0]{2,}")
_BLANK = " \t\n\xa0\u200b\ufeff\u00ad\u200c\u200d\u2060"

Item = Node | str


def settle(root: Node) -> Node:
    """The root with only top-level elements of the contract under it; blocks lifted out of what they stood in."""
    top: list[Node] = []
    loose: list[Item] = []

    def close_loose() -> None:
        paragraph = _finished(Node("p", {}, loose.copy()))
        loose.clear()
        if paragraph is not None:
            top.append(paragraph)

    for item in _unwrapped(root.children, inside=(), depth=0):
        if isinstance(item, str) or item.tag in INLINE:
            loose.append(item)
            continue
        close_loose()
        if item.tag == _BREAK:
            continue
        if item.is_block:
            top.append(_bare_block(item))
            continue
        lifted = _lift_blocks(item)
        finished = _finished(item)
        if finished is not None:
            top.append(finished)
        top.extend(lifted)
    close_loose()
    return Node("", {}, list(top))


_BREAK = "//"
"""Stands where an unwrapped div began or ended: words before and after it are two paragraphs."""


def _unwrapped(children: list[Item], inside: tuple[str, ...], depth: int) -> list[Item]:
    """The children with every element that may not stand here replaced by what is in it."""
    out: list[Item] = []
    for child in children:
        if isinstance(child, str):
            out.append(child)
            continue
        if child.is_block:
            out.append(_bare_block(child))
            continue
        within = _unwrapped(child.children, (*inside, child.tag), depth + 1)
        if _may_stand(child, inside, depth, within):
            if child.tag not in INLINE:
                within = [" " if isinstance(item, Node) and item.tag == _BREAK else item for item in within]
            out.append(Node(child.tag, child.attributes, within))
        elif child.tag in INLINE:
            out.extend(within)
        else:
            mark = Node(_BREAK)
            out.extend([mark, *within, mark])
    return out


def _may_stand(node: Node, inside: tuple[str, ...], depth: int, within: list[Item]) -> bool:
    tag = node.tag
    if tag == "div" or depth > MAX_DEPTH:
        return False
    if tag in INLINE:
        if tag == "a" and ("href" not in node.attributes or "a" in inside):
            return False
        if tag == "q" and ("data-quotation" not in node.attributes or "q" in inside):
            return False
        # An inline element around a paragraph or a block would be split by the browser in its own way.
        return all(isinstance(item, str) or item.tag in INLINE for item in within)
    if tag == "li":
        return bool(inside) and inside[-1] in ("ul", "ol")
    if tag in TABLE_PARTS:
        return "table" in inside
    if tag == "table" and inside:
        return False
    if tag in HEADINGS and inside and inside[-1] != "blockquote":
        return False
    return not any(parent in WORDS_ONLY for parent in inside)


def _bare_block(node: Node) -> Node:
    return Node("div", {"data-block": node.attributes["data-block"], "data-id": node.attributes["data-id"]})


def _lift_blocks(node: Node) -> list[Node]:
    """Takes the blocks out of ``node``, in the order of the text."""
    lifted: list[Node] = []
    kept: list[Item] = []
    for child in node.children:
        if isinstance(child, Node) and child.is_block:
            lifted.append(child)
            continue
        if isinstance(child, Node):
            lifted += _lift_blocks(child)
        kept.append(child)
    node.children = kept
    return lifted


def _is_blank(item: Item) -> bool:
    return isinstance(item, str) and not item.strip(_BLANK)


def _finished(node: Node) -> Node | None:
    """The node without empty parts and without white space at its ends, or None when nothing is left of it."""
    if node.tag in ("br", "hr"):
        return node
    children: list[Item] = []
    for child in node.children:
        if isinstance(child, str):
            if children and isinstance(children[-1], str):
                children[-1] += child
            elif child:
                children.append(child)
            continue
        finished = _finished(child)
        if finished is not None:
            children.append(finished)
    children = [_spaced(child) if isinstance(child, str) else child for child in children]
    if node.tag in ("ul", "ol"):
        children = _items(children)
    elif node.tag in ("table", "thead", "tbody", "tr"):
        children = [child for child in children if isinstance(child, Node)]
    if node.tag in INLINE:
        node.children = children
        return node if any(not isinstance(child, str) or child for child in children) else None
    if node.tag not in ("table", "thead", "tbody", "tr"):
        children = _trimmed(children)
    node.children = children
    return node if children or node.tag in ("td", "th") else None


def _spaced(text: str) -> str:
    """A browser writes a no-break space where a space typed at the end of a word would not be seen; left there, lines
    break at odd places. One between two words of its own stays: somebody meant it ("10 km")."""
    text = _RUN.sub(" ", text)
    start, end = len(text) - len(text.lstrip("\xa0")), len(text) - len(text.rstrip("\xa0"))
    if start == len(text):
        return " " if text else text
    return " " * bool(start) + text.strip("\xa0") + " " * bool(end)


def _trimmed(children: list[Item]) -> list[Item]:
    """Without blank text and line breaks at both ends, and without blank text beside an inner block-level element."""
    inner = [isinstance(child, Node) and child.tag not in INLINE for child in children]
    if any(inner):
        # The line ends and tabs that an editor writes around a list inside a point are no part of its words.
        for position, child in enumerate(children):
            if isinstance(child, str):
                child = child.lstrip(_BLANK) if position and inner[position - 1] else child
                children[position] = child.rstrip(_BLANK) if inner[position + 1 : position + 2] == [True] else child
        children = [
            child
            for position, child in enumerate(children)
            if not (_is_blank(child) and (any(inner[max(0, position - 1) : position + 2])))
        ]
    for end in (0, -1):
        while children:
            child = children[end]
            if isinstance(child, Node) and child.tag != "br":
                break
            if isinstance(child, str) and not _is_blank(child):
                children[end] = child.lstrip(_BLANK) if end == 0 else child.rstrip(_BLANK)
                break
            children.pop(end)
    if all(_says_nothing(child) for child in children):
        return []
    return children


def _says_nothing(item: Item) -> bool:
    if isinstance(item, str):
        return not item.strip(_BLANK)
    return item.tag in INLINE and all(_says_nothing(child) for child in item.children)


def _items(children: list[Item]) -> list[Item]:
    """A list holds only its points; a list or words loose in it join the point before."""
    items: list[Item] = []
    for child in children:
        if isinstance(child, Node) and child.tag == "li":
            items.append(child)
        elif _is_blank(child):
            continue
        elif items and isinstance(items[-1], Node):
            items[-1].children.append(child)
        else:
            items.append(Node("li", {}, [child]))
    return items

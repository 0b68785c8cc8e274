"""The body as a small tree. Reads only what nh3 writes: every tag lower case, every attribute in double quotes,
every "<" in text escaped. Anything else is refused, never guessed at."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape

VOID = frozenset({"br", "hr"})
_TOKEN = re.compile(r'<(/?)([a-z][a-z0-9]*)((?: [a-z-]+="[^"]*")*)>|([^<]+)')
_ATTRIBUTE = re.compile(r' ([a-z-]+)="([^"]*)"')


class NotOurs(ValueError):
    """The text is not in the form that the cleaner writes."""


@dataclass
class Node:
    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Node | str] = field(default_factory=list)

    @property
    def is_block(self) -> bool:
        """A placeholder for a block, as against the text around it."""
        return self.tag == "div" and "data-block" in self.attributes and "data-id" in self.attributes

    def walk(self) -> Iterator[Node]:
        """This node and all below it, in the order of the text."""
        waiting: list[Node] = [self]
        while waiting:
            node = waiting.pop()
            yield node
            waiting.extend(child for child in reversed(node.children) if isinstance(child, Node))

    def text(self) -> str:
        """All text below, unescaped, nothing between elements."""
        parts: list[str] = []
        waiting: list[Node | str] = [self]
        while waiting:
            item = waiting.pop()
            if isinstance(item, str):
                parts.append(item)
            elif item.tag == "br":
                parts.append("\n")
            else:
                waiting.extend(reversed(item.children))
        return "".join(parts)


def parse(html: str) -> Node:
    """The tree under a root whose tag is "". Raises NotOurs for anything that the cleaner would not have written."""
    root = Node("")
    stack = [root]
    position = 0
    for match in _TOKEN.finditer(html):
        if match.start() != position:
            break
        position = match.end()
        closing, tag, attributes, text = match.groups()
        if text is not None:
            stack[-1].children.append(unescape(text))
        elif closing:
            if len(stack) == 1 or stack[-1].tag != tag:
                raise NotOurs(f"</{tag}> closes nothing")
            stack.pop()
        else:
            node = Node(tag, {name: unescape(value) for name, value in _ATTRIBUTE.findall(attributes)})
            stack[-1].children.append(node)
            if tag not in VOID:
                stack.append(node)
    if position != len(html) or len(stack) != 1:
        raise NotOurs("not written by the cleaner")
    return root


def escape(text: str) -> str:
    """Text as nh3 writes it, so that a second cleaning changes nothing."""
    return text.replace("&", "&amp;").replace("\xa0", "&nbsp;").replace("<", "&lt;").replace(">", "&gt;")


def start_tag(node: Node) -> str:
    attributes = "".join(
        f' {name}="{escape(value).replace(chr(34), "&quot;")}"' for name, value in node.attributes.items()
    )
    return f"<{node.tag}{attributes}>"


def write(item: Node | str) -> str:
    """HTML of a node with all below it; of the root, its top-level elements one per line."""
    if isinstance(item, str):
        return escape(item)
    if not item.tag:
        return "\n".join(write(child) for child in item.children)
    if item.tag in VOID:
        return start_tag(item)
    return start_tag(item) + "".join(write(child) for child in item.children) + f"</{item.tag}>"

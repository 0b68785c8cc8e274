"""Reading a stranger's HTML from its beginning to its end, each character once or twice.

Python's own parser goes back over what it could not close: twenty kilobytes of ``<a <a <a`` take it half a minute, and
the two megabytes that a shop may send would take days.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

MOST = 50_000  # tags; a shop's page has a tenth of that
_OPENS = re.compile(r"<([a-zA-Z][a-zA-Z0-9:-]*)")
_ATTRIBUTE = re.compile(r"""([^\s"'<>/=]+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s"'=<>`]+))?""")
_BETWEEN = re.compile(r"[\s/]+")
# Their content is no HTML until their own end tag.
_RAW = {name: re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE) for name in ("script", "style", "textarea", "title")}


@dataclass(frozen=True)
class Tag:
    """An element's beginning, as written. attributes: by name in small letters, the first of each, not unescaped.
    text: what stands between it and the next tag; of a script all of it."""

    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    text: str = ""


def tags(text: str) -> Iterator[Tag]:
    """The first MOST start tags in their order. Never raises."""
    at = found = 0
    while found < MOST and (at := text.find("<", at)) != -1:
        if text.startswith("<!--", at):
            end = text.find("-->", at + 4)
            if end == -1:
                return
            at = end + 3
            continue
        opened = _OPENS.match(text, at)
        if opened is None:
            at += 1
            continue
        name = opened[1].lower()
        attributes, at = _attributes(text, opened.end())
        if name in _RAW:
            closed = _RAW[name].search(text, at)
            end = closed.start() if closed else len(text)
        else:
            end = text.find("<", at)
            end = end if end != -1 else len(text)
        found += 1
        yield Tag(name, attributes, text[at:end])
        at = end


def _attributes(text: str, at: int) -> tuple[dict[str, str], int]:
    """The attributes that begin at ``at``, and where the tag ends."""
    found: dict[str, str] = {}
    while at < len(text):
        if between := _BETWEEN.match(text, at):
            at = between.end()
        elif told := _ATTRIBUTE.match(text, at):
            value = told[2] or ""
            found.setdefault(told[1].lower(), value[1:-1] if value[:1] in ("'", '"') else value)
            at = told.end()
        elif text[at] == ">":
            return found, at + 1
        elif text[at] == "<":  # it was never closed
            return found, at
        else:
            at += 1
    return found, at

"""What changed from one saved state to the next, paragraph by paragraph."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass

from articles.models import Revision
from newsroom import blocks
from newsroom.blocks.tree import Node, parse

_FIELDS = (
    ("kicker", "Kicker"),
    ("headline", "Headline"),
    ("standfirst", "Standfirst"),
    ("search_title", "Search title"),
    ("search_description", "Search description"),
)


@dataclass(frozen=True)
class Change:
    """place: "Headline", or "" for the body. One of before and after may be empty: then it was added or taken out."""

    place: str
    before: str
    after: str


def changes(old: Revision | None, new: Revision) -> list[Change]:
    """What ``new`` says otherwise than ``old`` (None: than an empty page)."""
    found = [
        Change(name, getattr(old, field) if old else "", getattr(new, field))
        for field, name in _FIELDS
        if (getattr(old, field) if old else "") != getattr(new, field)
    ]
    if (old.lead_image_id if old else None) != new.lead_image_id:
        found.append(Change("Lead image", _lead(old), _lead(new)))
    before, after = list(_lines(old.body if old else "")), list(_lines(new.body))
    for what, i1, i2, j1, j2 in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if what != "equal":
            rows = max(i2 - i1, j2 - j1)
            gone, come = before[i1:i2] + [""] * (rows - (i2 - i1)), after[j1:j2] + [""] * (rows - (j2 - j1))
            found += [Change("", one, other) for one, other in zip(gone, come, strict=True)]
    return found


def _lead(revision: Revision | None) -> str:
    return f"Picture {revision.lead_image_id}" if revision and revision.lead_image_id else ""


def _lines(html: str) -> Iterator[str]:
    for item in parse(html).children:
        if not isinstance(item, Node):
            continue
        if item.is_block:
            kind = blocks.get(item.attributes["data-block"])
            yield f"[{kind.label if kind else item.attributes['data-block']} {item.attributes['data-id']}]"
        elif text := " ".join(item.text().split()):
            yield text

"""Names of people, as they are typed: one a line, or semicolons between. A comma is part of a name: "Sophie, Duchess of
Edinburgh"."""

from __future__ import annotations

import re

MOST = 40
LONGEST = 120


class TooMany(ValueError):
    """The names cannot be kept as they are; the message says what to do."""


def read(text: str) -> list[str]:
    """Return the names in ``text``, each once, without blanks around them.

    Raises:
        TooMany: there are more than 40, or one is longer than 120 letters.
    """
    found: dict[str, str] = {}
    for part in re.split(r"[;\n\r]+", text.replace("\0", "")):
        if name := " ".join(part.split()):
            found.setdefault(name.casefold(), name)
    if len(found) > MOST:
        raise TooMany(f"Name at most {MOST} people; these are {len(found)}.")
    if too_long := next((name for name in found.values() if len(name) > LONGEST), ""):
        raise TooMany(f"A name has at most {LONGEST} letters; “{too_long[:30]}…” has {len(too_long)}.")
    return list(found.values())


def offered(text: str) -> list[str]:
    """The names that a file gives, cut where they are more or longer than we keep."""
    parts = [" ".join(part.split())[:LONGEST] for part in re.split(r"[;\n\r]+", text)]
    return list(dict.fromkeys(part for part in parts if part))[:MOST]


def written(names: list[str]) -> str:
    """The names as a form shows them, one a line."""
    return "\n".join(names)

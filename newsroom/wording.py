"""Putting together what the desk says, and what it hands out."""

from __future__ import annotations

from typing import Any

_INNER = str.maketrans("“”", "‘’")


def quoted(name: str) -> str:
    """A title, or somebody's words, between the house's quotation marks, those inside it made single: “Mug ‘Keep calm’”."""
    return f"“{name.translate(_INNER)}”"


def harmless(cell: Any) -> str:
    """Text that a spreadsheet takes for text (OWASP, CSV injection): an apostrophe before what could be a formula."""
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.lstrip().startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠", "|", "%")) else text

"""Putting together what the desk says."""

from __future__ import annotations

_INNER = str.maketrans("“”", "‘’")


def quoted(name: str) -> str:
    """A title, or somebody's words, between the house's quotation marks, those inside it made single: “Mug ‘Keep calm’”."""
    return f"“{name.translate(_INNER)}”"

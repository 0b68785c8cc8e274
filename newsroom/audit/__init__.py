"""Who did what: rows that the database itself refuses to change or delete."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from newsroom.audit.rows import note

__all__ = ["note"]


def __getattr__(name: str) -> Any:
    if name == "note":
        return import_module("newsroom.audit.rows").note
    raise AttributeError(name)

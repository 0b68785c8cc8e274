"""Notices: telling people at the desk what concerns them, in the desk and by mail, as each of them chose.

An app registers what it may tell in ``ready()``: ``notices.register(Kind(...))``. It tells inside the transaction in
which the thing happened: ``notices.tell("articles.mention", people, key=..., title=..., url=..., at=...)``. The rows
are the ledger: the desk lists them, and a sweep gathers what waits for the mail into letters (``letters``).

Names that need the models are found on first use, so that any ``apps.py`` may import this package.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from newsroom.notices.kinds import Kind, NoticeError, register

if TYPE_CHECKING:
    from newsroom.notices.telling import reword, say_again, take_back, tell

__all__ = ["Kind", "NoticeError", "register", "reword", "say_again", "take_back", "tell"]


def __getattr__(name: str) -> Any:
    if name in ("reword", "say_again", "take_back", "tell"):
        return getattr(import_module("newsroom.notices.telling"), name)
    raise AttributeError(name)

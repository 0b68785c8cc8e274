"""Open pages follow what they show (house.md, live channel).

An app says which pages can be followed and what they consist of: ``live.register("story", state_of)``. Whoever changes
something says so with ``live.purge("story:12")`` instead of ``pagecache.purge``: finished pages are drawn anew, and every
open page that stands on the tag hears which of its parts changed.

What needs the models is found on first use, so that any ``apps.py`` may import this package.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from newsroom.live.parts import Part, State, digest
from newsroom.live.registry import register

if TYPE_CHECKING:
    from newsroom.live.following import purge, told

__all__ = ["Part", "State", "digest", "purge", "register", "told"]


def __getattr__(name: str) -> Any:
    if name in ("purge", "told"):
        return getattr(import_module("newsroom.live.following"), name)
    raise AttributeError(name)

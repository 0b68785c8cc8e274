"""The kinds of block that this newsroom has. Apps register theirs in ``ready()``; nothing is registered later."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from newsroom.blocks.contract import Block

_kinds: dict[str, Block] = {}
_KIND = re.compile(r"[a-z]{2,20}\Z")


class AlreadyRegistered(Exception):
    """Two objects claim one kind: one app would silently draw the other's blocks."""


def register(block: Block) -> None:
    """Add a kind. Raises AlreadyRegistered for a second object of the same kind, ValueError for a bad name."""
    if not _KIND.match(block.kind):
        raise ValueError(f"A kind is 2 to 20 small letters: {block.kind!r}")
    if block.kind in _kinds:
        raise AlreadyRegistered(block.kind)
    _kinds[block.kind] = block


def get(kind: str) -> Block | None:
    return _kinds.get(kind)


def registered() -> dict[str, Block]:
    """Every registered kind by name, in the order of registration."""
    return dict(_kinds)


@contextmanager
def only(*blocks: Block) -> Iterator[None]:
    """For tests: just these kinds inside the ``with``, the newsroom's own again after it."""
    before = dict(_kinds)
    _kinds.clear()
    try:
        for block in blocks:
            register(block)
        yield
    finally:
        _kinds.clear()
        _kinds.update(before)

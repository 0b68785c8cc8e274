"""Tags: the names of the things that pages stand on."""

from __future__ import annotations

import re
from collections.abc import Iterable

# They travel in a header (Surrogate-Key, divided by spaces) and as fields of a hash: nothing else may get in.
TAG = re.compile(r"[a-z][a-z0-9_-]*(?::[A-Za-z0-9_.-]+)?")


def checked(tags: Iterable[str]) -> frozenset[str]:
    """Return the tags as a set.

    Raises:
        ValueError: a tag is not ``word`` or ``word:id``.
    """
    if isinstance(tags, str):
        raise ValueError(f"A set of tags is wanted, not the string {tags!r}.")
    kept = frozenset(tags)
    for tag in kept:
        if not TAG.fullmatch(tag) or len(tag) > 100:
            raise ValueError(f"Not a page tag: {tag!r}.")
    return kept

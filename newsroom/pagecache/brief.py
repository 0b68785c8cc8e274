"""What nearly every page says and hardly ever changes, kept in the process for a moment."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Generic, TypeVar

from newsroom.pagecache.handover import Handover, rendering

Value = TypeVar("Value")
SECONDS = 1.0


class BriefCopy(Generic[Value]):
    """A value read from the database, kept for a second so that a page with many uses of it costs one query.

    Never across a purge: a page that began after one would take in what was read before it, and be kept with that as
    fresh until the next purge (domain 23). So a page that is being rendered for the cache takes only what was read
    under the very state of the purges that it began with; and where that state is not known (Redis is away), only what
    was read for itself: the page is trusted for a second of its own.

    Arguments:
        read: reads the value; whatever it raises goes to who asked.
    """

    def __init__(self, read: Callable[[], Value]) -> None:
        self._read = read
        self._kept: tuple[float, str | Handover, Value] | None = None

    def get(self) -> Value:
        """Return the value, at most a second old."""
        page = rendering.get()
        under, now, kept = (page.state or page) if page else "", time.monotonic(), self._kept
        if kept is None or now - kept[0] > SECONDS or (page and kept[1] != under):
            kept = self._kept = (now, under, self._read())
        return kept[2]

    def forget(self) -> None:
        """Drop the copy, so that who asks next reads it."""
        self._kept = None

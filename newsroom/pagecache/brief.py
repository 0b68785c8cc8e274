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
        kept = self._kept  # once: another thread's page may put its own there at any moment
        if kept is None or _old(kept):
            began = time.monotonic()
            kept = self._keep(self._read(), began)
        return kept[2]

    def due(self) -> bool:
        """Whether ``get`` would read it now: who is about to ask the database anyway brings it along, for ``put``."""
        kept = self._kept
        return kept is None or _old(kept)

    def put(self, value: Value, *, began: float) -> None:
        """Keep a value that was read for this page. began: ``time.monotonic()`` before it was asked for."""
        self._keep(value, began)

    def _keep(self, value: Value, began: float) -> tuple[float, str | Handover, Value]:
        self._kept = kept = (began, _under(), value)
        return kept

    def forget(self) -> None:
        """Drop the copy, so that who asks next reads it."""
        self._kept = None


def _under() -> str | Handover:
    """The state of the purges that counts for what is rendered now; "" where that is no page for everybody."""
    page = rendering.get()
    if page is None or page.watched:
        return ""
    return page.state or page


def _old(kept: tuple[float, str | Handover, object]) -> bool:
    under = _under()
    return time.monotonic() - kept[0] > SECONDS or (under != "" and kept[1] != under)

"""The process's own copies of pages, and the withdrawals that it has seen."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable

from newsroom.pagecache.answers import Ready
from newsroom.pagecache.page import Page

SKEW = 5.0  # seconds that two machines' clocks may differ
BUDGET = 64_000_000  # bytes of page bodies in a process


class Copies(dict[str, Ready]):
    """Copies by key, the longest unasked first: each question to Redis puts a copy at the end, so that the way of a
    request, which only reads, costs one look-up."""

    def __init__(self, budget: int = BUDGET) -> None:
        super().__init__()
        self.budget = budget
        self.held = 0

    def put(self, key: str, ready: Ready) -> None:
        """Hold a copy, and let go of the oldest ones beyond the budget."""
        self.drop(key)
        self[key] = ready
        self.held += ready.page.size
        while self.held > self.budget and len(self) > 1:
            self.drop(next(iter(self)))

    def touch(self, key: str, ready: Ready) -> None:
        """Move a copy to the end, unless another has taken its place."""
        if self.get(key) is ready:
            del self[key]
            self[key] = ready

    def drop(self, key: str) -> None:
        """Let go of a copy."""
        ready = self.pop(key, None)
        if ready is not None:
            self.held -= ready.page.size


class Gone:
    """Withdrawals and embargoes that this process has seen: their pages are not given out, however stale is allowed."""

    KEPT = 20_000

    def __init__(self) -> None:
        self._seen: dict[str, tuple[str, int, float]] = {}
        self._lock = threading.Lock()

    def note(self, tags: Iterable[str], epoch: str = "", sequence: int = 0) -> None:
        """Remember withdrawn tags, with the epoch and sequence of the withdrawal where they are known."""
        with self._lock:
            for tag in tags:
                self._seen[tag] = (epoch, sequence, time.time())
            while len(self._seen) > self.KEPT:
                del self._seen[next(iter(self._seen))]

    def covers(self, page: Page) -> bool:
        """Say whether something on this page was withdrawn after its rendering began.

        By the sequence where both are of one epoch; else by the clock, in doubt (clocks of two machines) withdrawn.
        """
        for tag in page.tags:
            if (seen := self._seen.get(tag)) is None:
                continue
            epoch, sequence, at = seen
            later = sequence > page.sequence if epoch and epoch == page.epoch else page.rendered_at <= at + SKEW
            if later:
                return True
        return False


GONE = Gone()  # of the process: purge() in a request and the page cache in front both belong to it

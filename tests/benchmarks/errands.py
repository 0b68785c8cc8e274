"""What is measured, and how: queries, and milliseconds of many runs."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

RUNS = 5


def _nothing(run: int) -> int:
    return run


@dataclass(frozen=True)
class Errand:
    """do: what is measured; it gets what ``prepare`` made for this run (by default the run's number)."""

    do: Callable[[Any], None]
    prepare: Callable[[int], Any] = _nothing

    def queries(self) -> int:
        """Return how many queries a run makes, all of them: what the process keeps for a second is dropped before."""
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        from articles import merchants
        from newsroom.publication import current as publication

        self.do(self.prepare(0))  # warm
        prepared = self.prepare(1)
        publication.forget()
        merchants.forget()
        with CaptureQueriesContext(connection) as ran:
            self.do(prepared)
        return len(ran)

    def times(self, first: int) -> list[float]:
        """Return the milliseconds of RUNS runs, after one that warms up. What prepares a run is not in them."""
        self.do(self.prepare(first))
        took = []
        for run in range(first + 1, first + 1 + RUNS):
            prepared = self.prepare(run)
            began = time.perf_counter()
            self.do(prepared)
            took.append((time.perf_counter() - began) * 1000)
        return took

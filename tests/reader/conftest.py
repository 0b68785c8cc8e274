"""Counting what a page asks of PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

# Kept by the process for a second, whichever page asked: a slow machine must not make a test count them.
KEPT = ('FROM "publication_publication"', 'FROM "articles_merchant"')


@pytest.fixture
def at_most() -> Callable[[int], AbstractContextManager[None]]:
    """``with at_most(5): ...`` fails when more queries were made, and shows them."""

    @contextmanager
    def counting(most: int) -> Iterator[None]:
        with CaptureQueriesContext(connection) as captured:
            yield
        made = [query["sql"] for query in captured if not any(kept in query["sql"] for kept in KEPT)]
        assert len(made) <= most, "\n\n".join([f"{len(made)} queries, {most} allowed:", *(sql[:300] for sql in made)])

    return counting

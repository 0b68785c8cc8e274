"""Counting what a page asks of PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles import merchants
from newsroom.publication import current as publication
from newsroom.publication.models import Publication


@pytest.fixture
def at_most() -> Callable[[int], AbstractContextManager[None]]:
    """``with at_most(5): ...`` fails when more queries were made, and shows them.

    Everything is counted, as for the first page that is drawn after a purge: what the process keeps for a second is
    dropped before. What a test's own transaction adds (savepoints) is not: readers' pages run in none.
    """

    @contextmanager
    def counting(most: int) -> Iterator[None]:
        Publication.objects.get_or_create(pk=1)  # every site has one from its first day
        publication.forget()
        merchants.forget()
        with CaptureQueriesContext(connection) as captured:
            yield
        made = [sql for query in captured if not (sql := query["sql"]).startswith(("SAVEPOINT", "RELEASE SAVEPOINT"))]
        assert len(made) <= most, "\n\n".join([f"{len(made)} queries, {most} allowed:", *(sql[:300] for sql in made)])

    return counting

"""A query whose SQL is made once in a process and then only given its values.

Django makes the SQL of a queryset anew each time. For the queries behind a story's page, with their subqueries and
joined rows, that took four fifths of the processor time of the whole page.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from types import SimpleNamespace
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import QuerySet

Row = TypeVar("Row")


@dataclass(frozen=True)
class _Made:
    queryset: QuerySet[Any, Any]
    compiler: Any
    sql: str
    # Where a value goes: the argument's name for each parameter that is one, else None and what stands there always.
    slots: tuple[tuple[str | None, Any], ...]
    # What makes Python values of each column: the columns' own business, the same at each run.
    converters: Any


class Prepared(Generic[Row]):
    """``stories = Prepared(lambda slug, at: Story.objects.filter(...), slug="\\x00slug", at=...)``; ``stories(slug="a", at=now)``.

    Args:
        build: makes the queryset of its named arguments. It is called once; each argument must come into the SQL as it is
            (``field__lookup=argument``), never through Python that looks at it.
        stand_ins: for each argument a value of its type that stands nowhere else in the query.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, Row]], **stand_ins: Any) -> None:
        self._build, self._stand_ins = build, stand_ins

    def __call__(self, **values: Any) -> list[Row]:
        """The rows for these values; ``values`` must name every argument, each of its stand-in's type."""
        made = self._made
        params = tuple(values[name] if name else always for name, always in made.slots)
        # A copy, because a compiler keeps what a run found, and belongs to the connection of its thread.
        compiler = copy.copy(made.compiler)
        compiler.connection = connections[DEFAULT_DB_ALIAS]
        compiler.as_sql = lambda *args, **options: (made.sql, params)
        compiler.get_converters = lambda columns: made.converters
        asked: Any = SimpleNamespace(
            db=DEFAULT_DB_ALIAS,
            model=made.queryset.model,
            query=SimpleNamespace(get_compiler=lambda *args, **options: compiler),
            _known_related_objects={},
        )
        rows: Any = made.queryset._iterable_class
        return list(rows(asked))

    @cached_property
    def _made(self) -> _Made:
        queryset = self._build(**self._stand_ins)
        compiler = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
        sql, params = compiler.as_sql()
        slots = tuple((self._named(param), param) for param in params)
        missing = set(self._stand_ins) - {name for name, _ in slots}
        assert not missing, f"{missing} did not come into the SQL as given"
        columns = [column for column, *_ in compiler.select[: compiler.col_count]]
        return _Made(queryset, compiler, sql, slots, compiler.get_converters(columns))

    def _named(self, param: Any) -> str | None:
        """The argument whose stand-in this parameter is."""
        return next(
            (name for name, value in self._stand_ins.items() if type(value) is type(param) and value == param), None
        )

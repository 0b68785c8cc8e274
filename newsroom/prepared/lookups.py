"""``pk__any=[1, 2]``: any of a list that is one parameter, where ``__in`` makes one of each and so other SQL each time."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models.fields import Field
from django.db.models.lookups import Lookup


@Field.register_lookup
class AnyOf(Lookup):
    lookup_name = "any"

    def get_prep_lookup(self) -> list[int]:
        assert isinstance(self.rhs, Iterable)
        return [int(value) for value in self.rhs]

    def get_db_prep_lookup(self, value: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        return "%s", (value,)

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        left, params = self.process_lhs(compiler, connection)
        right, more = self.process_rhs(compiler, connection)
        return f"{left} = ANY({right})", (*params, *more)

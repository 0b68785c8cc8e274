"""The permission matrix: every URL of the site, who may open it, and what the others are answered.

Each app declares its own rows in ``matrix_<app>.py``. A URL without a row fails ``test_matrix.py``. Whatever must hold
for every URL is tested over ``MATRIX``: roles (``test_matrix.py``), methods (``test_methods.py``), malformed requests
(``test_malformed.py``).
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import transaction
from django.urls import reverse

from tests import valkey

EVERYBODY = frozenset({"reader", "reporter", "editor", "picture_editor", "legal", "marketing", "administrator"})
STAFF = EVERYBODY - {"reader"}


@dataclass(frozen=True, kw_only=True)
class Row:
    """One URL.

    Attributes:
        kwargs: the address's parts, or a callable that makes the objects first and returns them. It is called once
            for each URL that is tested; whatever a request does to them is taken back before the next.
        method: the method that the URL is for.
        both: GET shows the form that POST sends. Every method beyond ``methods`` must answer 405.
        data: form fields to send, or a callable that takes ``kwargs`` and returns them.
        allow: the roles that get in; ``reader`` is somebody who is not signed in.
        status: what an allowed role is answered (one number, or several where it depends on the state).
        headers: further request headers.
        any_method: Django's own page, which takes an unknown method for GET; it must not do anything then.
    """

    kwargs: dict[str, Any] | Callable[[], dict[str, Any]] = field(default_factory=dict)
    method: str = "GET"
    both: bool = False
    data: dict[str, Any] | Callable[[dict[str, Any]], dict[str, Any]] = field(default_factory=dict)
    allow: frozenset[str] | set[str] = STAFF
    status: int | tuple[int, ...] = 200
    headers: dict[str, str] = field(default_factory=dict)
    any_method: bool = False

    @property
    def methods(self) -> set[str]:
        """The methods that the URL answers; HEAD goes with GET."""
        return ({"GET", "HEAD"} if self.both or self.method == "GET" else set()) | (
            {"POST"} if self.both or self.method == "POST" else set()
        )

    @property
    def statuses(self) -> tuple[int, ...]:
        return self.status if isinstance(self.status, tuple) else (self.status,)

    def request(self, name: str) -> tuple[str, dict[str, Any]]:
        """Make what the URL needs; return its address and the fields to send."""
        kwargs = self.kwargs() if callable(self.kwargs) else self.kwargs
        return reverse(name, kwargs=kwargs), self.data(kwargs) if callable(self.data) else self.data


@contextmanager
def begun_anew() -> Iterator[None]:
    """Take back what the block does to the database; it begins with no budget spent and no page kept."""
    valkey.emptied()
    # A savepoint, not atomic(): inside that, what must stand outermost (durable=True) would refuse to run.
    begun = transaction.savepoint()
    try:
        yield
    finally:
        transaction.savepoint_rollback(begun)
        transaction.set_rollback(False)


def rows() -> dict[str, Row]:
    """Collect the rows of all apps.

    Raises:
        AssertionError: a URL is declared twice.
    """
    found: dict[str, Row] = {}
    for file in sorted(Path(__file__).parent.glob("matrix_*.py")):
        for name, row in importlib.import_module(f"tests.house.{file.stem}").MATRIX.items():
            assert name not in found, f"{name} is declared twice"
            found[name] = row
    return found

"""The permission matrix: every URL of the site, who may open it, and what the others are answered.

Each app declares its own rows in ``matrix_<app>.py``. A URL without a row fails ``test_matrix.py``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

EVERYBODY = frozenset({"reader", "reporter", "editor", "picture_editor", "legal", "marketing", "administrator"})
STAFF = EVERYBODY - {"reader"}


@dataclass(frozen=True, kw_only=True)
class Row:
    """One URL.

    Attributes:
        kwargs: the address's parts, or a callable that makes the objects first and returns them. It is called once
            for each role, in a transaction of its own.
        method: the method that the URL is for; the others must answer 405 (or 404 and 302 where it is not theirs).
        data: form fields to send, or a callable that takes ``kwargs`` and returns them.
        allow: the roles that get in; ``reader`` is somebody who is not signed in.
        status: what an allowed role is answered (one number, or several where it depends on the state).
        json: send the data as JSON.
        headers: further request headers.
    """

    kwargs: dict[str, Any] | Callable[[], dict[str, Any]] = field(default_factory=dict)
    method: str = "GET"
    data: dict[str, Any] | Callable[[dict[str, Any]], dict[str, Any]] = field(default_factory=dict)
    allow: frozenset[str] | set[str] = STAFF
    status: int | tuple[int, ...] = 200
    json: bool = False
    headers: dict[str, str] = field(default_factory=dict)

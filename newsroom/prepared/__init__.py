"""Queries whose SQL is made once. See ``querying``."""

from __future__ import annotations

from .lookups import AnyOf
from .querying import Prepared

__all__ = ["AnyOf", "Prepared"]

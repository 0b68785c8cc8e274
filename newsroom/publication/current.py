from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models.functions import JSONObject

from newsroom.pagecache import BriefCopy

from .models import Publication


def current() -> Publication:
    """Return the publication, at most a second old and never older than the page that is being rendered for the cache.

    Kept in the process so that a page costs no query for its masthead; a change shows everywhere within the second
    that the page cache allows itself anyway.
    """
    return _copy.get()


def forget() -> None:
    """Drop the kept copy, so that the next reader of it asks the database."""
    _copy.forget()


def due() -> bool:
    """Whether ``current`` would ask the database now: a page with a query of its own brings ``beside`` with it."""
    return _copy.due()


def beside() -> ArraySubquery:
    """The publication as JSON beside any row, for ``take``."""
    fields = [field.attname for field in Publication._meta.concrete_fields]
    return ArraySubquery(Publication.objects.filter(pk=1).values(json=JSONObject(**{name: name for name in fields})))


def take(rows: list[Mapping[str, Any]], *, began: float) -> None:
    """Have ``current`` give what ``beside`` brought. began: ``time.monotonic()`` before it was asked for."""
    _copy.put(Publication(**rows[0]) if rows else Publication(pk=1), began=began)


def _read() -> Publication:
    return Publication.objects.filter(pk=1).first() or Publication(pk=1)


_copy = BriefCopy(_read)

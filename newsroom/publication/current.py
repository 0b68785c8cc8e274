from __future__ import annotations

from collections.abc import Callable, Mapping
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
    fields = {field.attname: field.attname for field in Publication._meta.concrete_fields}
    with_riders = {name: make() for name, make in _riders.items()}
    said = JSONObject(**fields, riders=JSONObject(**with_riders))
    return ArraySubquery(Publication.objects.filter(pk=1).values(json=said))


def take(rows: list[Mapping[str, Any]], *, began: float) -> None:
    """Have ``current`` give what ``beside`` brought. began: ``time.monotonic()`` before it was asked for."""
    found = Publication(pk=1)
    if rows:
        fields = dict(rows[0])
        riders = fields.pop("riders")
        found = Publication(**fields)
        found.riders = riders
    _copy.put(found, began=began)


def ride_along(name: str, make: Callable[[], Any]) -> None:
    """Let a value of an app's come with the publication, for what stands on every page: no query of its own, and as fresh.
    It is in ``current().riders[name]``. Called from ``ready()``.

    Args:
        make: returns an expression beside a publication's row whose value is JSON.
    """
    _riders[name] = make


def _read() -> Publication:
    with_riders = JSONObject(**{name: make() for name, make in _riders.items()})
    found = Publication.objects.filter(pk=1).annotate(_riders=with_riders).first()
    if found is None:
        return Publication(pk=1)
    found.riders = found._riders
    return found


_riders: dict[str, Callable[[], Any]] = {}


_copy = BriefCopy(_read)

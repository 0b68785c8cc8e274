"""What stands on readers' pages and belongs to no story: the publication, and which links earn the newsroom money.

Both are kept in the process for a second, never across a purge; the page that is drawn first after one brings them along
with a query that it makes anyway.
"""

from __future__ import annotations

import time
from typing import Any

from articles import merchants
from articles.models import Section
from articles.reader import cards
from articles.reader.cards import SectionLink
from newsroom.publication import current as kept
from newsroom.publication.models import Publication


def due() -> bool:
    """Whether either would be asked for now."""
    return kept.due() or merchants.due()


def beside() -> dict[str, Any]:
    """Both as JSON beside any row, for ``take``."""
    return {"_publication": kept.beside(), "_merchants": merchants.beside()}


def take(row: Any, *, began: float) -> None:
    """Know what came beside ``row``. began: ``time.monotonic()`` before it was asked for."""
    kept.take(row._publication, began=began)
    merchants.take(row._merchants, began=began)


def publication() -> Publication:
    """The publication; where it has to be asked for, the merchants come with it: one query for both."""
    if due():
        _bring()
    return kept.current()


def menu() -> list[SectionLink]:
    """The sections in the menu's order, and with them whatever else has to be asked for: one query."""
    if due() and (row := _bring(_sections=cards.sections())) is not None:
        return cards.links(row._sections)
    return [SectionLink(*row) for row in Section.objects.order_by("position", "name").values_list("pk", "name", "slug")]


def _bring(**more: Any) -> Any:
    began = time.monotonic()
    row = Publication.objects.filter(pk=1).annotate(**beside(), **more).first()
    if row is not None:
        take(row, began=began)
    return row

"""Finding pictures: by id with all that templates need, and by words."""

from __future__ import annotations

import re

from django.contrib.postgres.search import SearchQuery
from django.db.models import Q, QuerySet

from media_assets.models import Agency, Asset
from media_assets.models.loading import load, with_everything

__all__ = ["load", "search", "with_everything", "words"]

_WORD = re.compile(r"\w+")


def words(text: str) -> list[str]:
    """The words of a search, at most eight; punctuation and search operators are not words."""
    return _WORD.findall(text)[:8]


def search(text: str) -> QuerySet[Asset]:
    """Return assets that hold every word of ``text`` (or a word that begins with it) in caption, credit, creator,
    alternative text, file name or number, or whose agency's name holds the text; newest first. Empty: all."""
    text = text.replace("\0", " ")  # which PostgreSQL refuses in any text
    found = Asset.objects.order_by("-added_at", "-pk")
    if not text.strip():
        return found
    wanted = words(text)
    if not wanted:
        return found.none()
    query = SearchQuery(" & ".join(f"'{word}':*" for word in wanted), search_type="raw", config="simple")
    agencies = list(Agency.objects.filter(name__icontains=text.strip()).values_list("pk", flat=True)[:20])
    return found.filter(Q(words=query) | Q(agency__in=agencies)) if agencies else found.filter(words=query)

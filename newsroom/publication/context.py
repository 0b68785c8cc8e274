from __future__ import annotations

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from .current import current


def publication(request: HttpRequest) -> dict[str, object]:
    """Give every template ``publication``, asked for only when a template uses it."""
    return {"publication": SimpleLazyObject(current)}

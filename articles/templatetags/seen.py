"""How long what readers saw is kept, for the pages that say so."""

from __future__ import annotations

from django import template
from django.conf import settings

register = template.Library()


@register.simple_tag
def seen_years() -> str:
    """ "1 year", "3 years"."""
    return f"{settings.SEEN_YEARS} year{'s' if settings.SEEN_YEARS != 1 else ''}"

"""Words and numbers on the pages of this room."""

from __future__ import annotations

from django import template

register = template.Library()


@register.filter
def uncertain_words(number: int) -> str:
    return f"{number:,} uncertain"

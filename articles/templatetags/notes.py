"""The words of a note, with the names that it calls marked."""

from __future__ import annotations

from django import template
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from articles import mentions
from articles.models import NoteEntry

register = template.Library()


@register.filter
def noted(entry: NoteEntry) -> SafeString:
    """The entry's words as HTML: everything escaped, line ends kept, called names in <b class="called">."""
    parts: list[str] = []
    done = 0
    for start, end in mentions.find(entry.words, entry.mentions.all()).spans:
        parts += [escape(entry.words[done:start]), format_html('<b class="called">{}</b>', entry.words[start:end])]
        done = end
    parts.append(escape(entry.words[done:]))
    return mark_safe("".join(parts).replace("\n", "<br>"))  # noqa: S308  every part was escaped above

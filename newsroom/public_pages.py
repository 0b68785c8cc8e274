"""Jinja, for all that readers get: pages, blocks, feeds. The desk's own pages are Django's templates.

Written by Django's templates, a story's page took nearly twice the processor time in all.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.contrib.staticfiles.storage import staticfiles_storage
from django.template.defaultfilters import date, linebreaksbr, pluralize
from django.urls import reverse
from jinja2 import ChainableUndefined, Environment


@lru_cache(maxsize=256)
def static(path: str) -> str:
    """``static("css/reader.css")``: where a file of static/ is served; its name does not change while a process runs."""
    return staticfiles_storage.url(path)


# Half of a page's addresses are the same on every page, and to look one up takes longer than to write it.
@lru_cache(maxsize=2048)
def url(name: str, *args: Any) -> str:
    """``url("reader:about", "privacy")``: the address of that name, as Django's ``{% url %}`` writes it."""
    return reverse(name, args=args)


def environment(**options: Any) -> Environment:
    """What settings' TEMPLATES name: the words that templates/public uses beside Jinja's own."""
    # As in Django's templates: a file's last line break stays, and what is not there is empty instead of an error page.
    options |= {"keep_trailing_newline": True, "undefined": ChainableUndefined}
    made = Environment(**options)  # noqa: S701  Django asks for autoescaping
    made.globals.update(url=url, static=static)
    made.filters.update(date=date, linebreaksbr=linebreaksbr, pluralize=pluralize)
    return made

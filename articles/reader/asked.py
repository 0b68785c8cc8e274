"""What an address asks for beside its path."""

from __future__ import annotations

from django.http import Http404, HttpRequest


def page_number(request: HttpRequest) -> int:
    """The page asked for, from 1.

    Raises:
        Http404: it is not a number that a page can have (a search engine must not keep "?page=x" as a page).
    """
    asked = request.GET.get("page", "1")
    if not (asked.isascii() and asked.isdigit() and len(asked) <= 4 and int(asked) >= 1):
        raise Http404("There is no such page.")
    return int(asked)

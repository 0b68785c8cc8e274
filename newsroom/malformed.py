"""Requests that nobody can read: they are answered 400, never 500 (domain 24).

A form says beside the field what is wrong with it. This is for what no form is asked about: an address, a cookie, a
character set.
"""

from __future__ import annotations

import codecs
import logging
from collections.abc import Callable

from django.db import DataError
from django.http import HttpRequest, HttpResponse

from newsroom import errors

log = logging.getLogger(__name__)

NUL = "\x00"


class Malformed:
    """Refuse a request with NUL, which PostgreSQL holds in no text, or in a character set that is not ours."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if _unreadable(request):
            return errors.bad_request(request)
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer for a view that passed on what was typed unread, and PostgreSQL could not take it.

        Such a view is to be mended: it should have said so beside the field.
        """
        if not _refused_by_the_database(exception):
            return None
        # Without the error's message, which quotes what was typed.
        log.error("%s %r passed on a malformed value: %s", request.method, request.path, type(exception).__name__)
        return errors.bad_request(request)


def _unreadable(request: HttpRequest) -> bool:
    """Say whether the address, a cookie or the character set is one that no page of ours can be asked with."""
    return (
        NUL in request.path
        or "%00" in request.META.get("QUERY_STRING", "")
        or any(NUL in name + value for name, value in request.COOKIES.items())
        # Django would read the form with any codec that Python knows, also with those that are no character sets ("hex").
        or (request.encoding is not None and codecs.lookup(request.encoding).name != "utf-8")
    )


def _refused_by_the_database(exception: Exception) -> bool:
    if isinstance(exception, DataError):
        return True
    return type(exception) is ValueError and "NUL (0x00)" in str(exception)  # psycopg2's own refusal

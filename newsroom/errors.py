"""What a person sees when something is not there, not theirs or broken."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template import loader

from articles.reader import lost
from media_assets.stores import Away
from newsroom import unavailable
from newsroom.database.away import is_away

FOR_SCRIPTS = "/desk/api/"
MESSAGES = {
    "bad-request": "We could not read that request.",
    "forbidden": "Your roles do not open this.",
    "form-expired": "The request came without its token: load a page of the desk again, then send its token along.",
    "not-found": "There is nothing at this address.",
    "away": "A part of our site does not answer just now. Try again in a minute.",
    "server-error": "Something failed on our side. Nothing was changed.",
}


def wants_json(request: HttpRequest) -> bool:
    """Say whether a script asked: it must get a short machine-readable answer, not a page."""
    return "application/json" in request.headers.get("Accept", "") or request.path.startswith(FOR_SCRIPTS)


def _said(error: str, status: int) -> JsonResponse:
    return JsonResponse({"error": error, "message": MESSAGES[error]}, status=status)


def _answer(request: HttpRequest, status: int, error: str, template: str) -> HttpResponse:
    if wants_json(request):
        return _said(error, status)
    return render(request, _for_the_desk(request, template), status=status)


def _for_the_desk(request: HttpRequest, template: str) -> str:
    """The desk's own page for somebody who is signed in: it keeps the menu, so that they are not lost."""
    person = getattr(request, "user", None)
    if (
        request.path.startswith("/desk/")
        and template in {"400.html", "403.html", "404.html"}
        and person
        and person.is_authenticated
    ):
        return f"desk/{template}"
    return template


def _given_back(handler: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Under ASGI Django writes these pages in a thread that is no request's: nobody else would give back its connection to
    PostgreSQL. Kept, it would be used by the next such page even where its server is gone."""

    @wraps(handler)
    def answer(*args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return handler(*args, **kwargs)
        finally:
            if not connection.in_atomic_block:
                connection.close()

    return answer


@_given_back
def bad_request(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """Answer what cannot be read: for readers a page that costs no query, for such requests come in floods."""
    return _answer(request, 400, "bad-request", "400.html")


@_given_back
def forbidden(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return _answer(request, 403, "forbidden", "403.html")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form that came without its token: the page was too old or cookies are off."""
    if wants_json(request):
        return _said("form-expired", 403)
    return render(request, _for_the_desk(request, "403.html"), {"form_expired": True}, status=403)


@_given_back
def not_found(request: HttpRequest, exception: Any = None) -> HttpResponse:
    if wants_json(request):
        return _said("not-found", 404)
    template = _for_the_desk(request, "404.html")
    if template != "404.html":
        return render(request, template, status=404)
    ways = lost.ways_on()
    if not ways:  # the database is away: not even the masthead's name can be asked for
        return HttpResponse(loader.get_template("lost.html").render({}), status=404)
    return render(request, template, ways, status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer when our own code failed, or the database or the store of pictures is away: no query, no context, so that this
    page cannot fail as well."""
    error = sys.exc_info()[1]
    if is_away(error) or isinstance(error, Away):
        return unavailable.mark(_said("away", 503)) if wants_json(request) else unavailable.page()
    if wants_json(request):
        return _said("server-error", 500)
    return HttpResponse(loader.get_template("500.html").render({}), status=500)

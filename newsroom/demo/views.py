from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_safe

from . import inbox as letters


@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """The list of letters."""
    response = render(request, "demo/inbox.html", {"letters": letters.newest()})
    add_never_cache_headers(response)
    return response


@require_safe
def letter(request: HttpRequest, name: str) -> HttpResponse:
    """One letter with its headers, text part and a frame with the formatted part."""
    mail = letters.read(name)
    if mail is None:
        raise Http404
    response = render(request, "demo/letter.html", {"letter": mail, "headers": mail.message.items()})
    response.csp = {"frame-src": "'self'"}  # type: ignore[attr-defined]
    add_never_cache_headers(response)
    return response


@require_safe
def formatted(request: HttpRequest, name: str) -> HttpResponse:
    """The formatted part alone, as a mail program would show it: no script, no form, pictures of this site only."""
    mail = letters.read(name)
    if mail is None or not mail.part("html"):
        raise Http404
    response = HttpResponse(mail.part("html"))
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation"
    )
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    add_never_cache_headers(response)
    return response

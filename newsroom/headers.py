"""Security headers of every answer: a content security policy that starts from nothing."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from newsroom.pagecache.handover import rendering

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "font-src": "'self'",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
PERMISSIONS = "camera=(), microphone=(), geolocation=(), payment=(), usb=(), interest-cohort=()"


def policy(changes: dict[str, str] | None = None) -> str:
    """Return the policy as a header's value, with one page's own directives laid over the default.

    Args:
        changes: directive -> sources; a page sets them as ``response.csp = {...}``.
    """
    merged = POLICY | (changes or {})
    if settings.ORIGIN.startswith("https://"):
        merged["upgrade-insecure-requests"] = ""
    return "; ".join(f"{name} {sources}".strip() for name, sources in merged.items())


class SecurityHeaders:
    """Put the policy and its companions on each answer that does not carry them already."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.default = policy()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        changes = getattr(response, "csp", None)
        response.headers.setdefault("Content-Security-Policy", policy(changes) if changes else self.default)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        response.headers.setdefault("X-Frame-Options", "DENY")
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        # A page that is being kept gets its own from the page cache. Whatever else leaves us (a kept page under a strange
        # query, what is not there yet) names no tags: a cache in front would hold it by its own rules, and no purge found it.
        if rendering.get() is None or not hasattr(response, "page_tags"):
            response.headers.setdefault("Cache-Control", "private, no-cache")
        return response

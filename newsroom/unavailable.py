"""What is said to whoever cannot be answered at this moment: 503, when to come again, and nothing kept of it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.template import loader

SECONDS = 10  # after which to come again
# Of an answer that does not pass Django's middleware.
_ALONE = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), interest-cohort=()",
}


def page() -> HttpResponse:
    """Make the answer of a view: a page that asks nothing of any server."""
    answer = HttpResponse(loader.get_template("503.html").render({}), status=503)
    return mark(answer)


def mark(answer: HttpResponse) -> HttpResponse:
    """Have an answer say when to come again, and that nobody keeps it."""
    answer["Retry-After"] = str(SECONDS)
    answer["Cache-Control"] = "no-store"
    return answer


def messages(method: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Make the same answer as ASGI messages, for what stands before Django.

    Arguments:
        method: of the request; HEAD gets no body.
    """
    answer = page()
    headers = {**answer.headers, **_ALONE, "Content-Length": str(len(answer.content))}
    if settings.SECURE_HSTS_SECONDS:
        headers["Strict-Transport-Security"] = f"max-age={settings.SECURE_HSTS_SECONDS}"
    start = {
        "type": "http.response.start",
        "status": answer.status_code,
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
    }
    body = b"" if method == "HEAD" else answer.content
    return start, {"type": "http.response.body", "body": body, "more_body": False}

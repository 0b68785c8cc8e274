"""Which site sent a form. For forms on kept pages, which can carry no token."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest


def from_here(request: HttpRequest) -> bool:
    """Say whether a page of ours sent the form.

    Browsers say so in Sec-Fetch-Site, or in Origin, or (the oldest) in Referer; other sites cannot forge these. Without
    any of them it was no browser. This is not about a session, for there is none: another site's page must not be able
    to make its visitors' browsers send forms for them.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None and site != "same-origin":
        return False
    said = request.headers.get("Origin") or request.headers.get("Referer")
    if said is None:
        return site == "same-origin"
    try:
        parts = urlsplit(said)
    except ValueError:
        return False
    return f"{parts.scheme}://{parts.netloc}" in {settings.ORIGIN, f"{request.scheme}://{request.get_host()}"}

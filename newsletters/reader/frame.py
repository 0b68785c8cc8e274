"""What every page of this room shares: the sections in its masthead, and the headers of pages behind a key."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from articles.models import Section
from newsletters.models import Newsletter
from newsroom import pagecache


def kept(request: HttpRequest, template: str, context: dict[str, Any], *newsletters: Newsletter) -> HttpResponse:
    """Answer with a page that is the same for everybody and is kept until one of the newsletters changes."""
    sections = _sections()
    response = render(request, template, {**context, "sections": sections}, using="public")
    tags = {"publication", "newsletters"} | {f"newsletter:{one.pk}" for one in newsletters}
    return pagecache.keep(response, tags | {f"section:{one.pk}" for one in sections})


def private(request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """Answer with a page for one person: kept nowhere, found by nobody, its address told to no other site."""
    response = render(request, template, {**context, "sections": _sections()}, status=status, using="public")
    response["Cache-Control"] = "no-store"
    # Not no-referrer: under it browsers send "Origin: null" with the page's own form, and a sign-up sent again after a
    # slip would be refused for ever.
    response["Referrer-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex"
    return response


def _sections() -> list[Section]:
    return list(Section.objects.order_by("position", "name"))

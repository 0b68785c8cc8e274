"""What machines ask for beside the pages: robots.txt, security.txt and the site maps."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from articles.reader import discovery, sitemaps
from articles.reader.views import ABOUT
from newsroom.pagecache import keep
from newsroom.publication.current import current


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    return keep(HttpResponse(discovery.robots(), content_type="text/plain; charset=utf-8"), {"publication"})


@require_safe
def security(request: HttpRequest) -> HttpResponse:
    at = timezone.now()
    body = discovery.security(current(), at)
    if not body:
        raise Http404("Nobody to write to is named yet.")
    response = HttpResponse(body, content_type="text/plain; charset=utf-8")
    return keep(response, {"publication"}, until=at + discovery.SECURITY_KEPT / 2)


XML = "application/xml; charset=utf-8"


@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    """The index of the site maps."""
    response = HttpResponse(sitemaps.index(current(), timezone.now()), content_type=XML)
    return keep(response, {"home", "publication", "feed:sitemap"})


@require_safe
def sitemap_of(request: HttpRequest, name: str) -> HttpResponse:
    about = [
        *(reverse("reader:about", args=[page]) for page in ABOUT),
        reverse("reader:who"),
        reverse("reader:complain"),
    ]
    response = HttpResponse(sitemaps.FILES[name](about, timezone.now()), content_type=XML)
    return keep(response, {"home", "publication", "feed:sitemap"})


@require_safe
def sitemap_of_month(request: HttpRequest, month: str, part: str) -> HttpResponse:
    body = sitemaps.month(current(), month, int(part), timezone.now())
    if body is None:
        raise Http404("There is no such site map.")
    return keep(HttpResponse(body, content_type=XML), {f"sitemap:{month}", "publication"})


@require_safe
def news_sitemap(request: HttpRequest) -> HttpResponse:
    at = timezone.now()
    response = HttpResponse(discovery.news_sitemap(current(), at), content_type=XML)
    return keep(response, {"home", "publication", "feed:sitemap"}, until=at + discovery.NEWS_FRESH)

"""The reader's addresses. Each view asks the clock once, has the page put together, and says what the page stands on."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from articles import seen
from articles.models import Section, Story
from articles.reader import assembly, cards, discovery, feeds, front, structured, told
from articles.times import when, zone_of
from newsroom.pagecache import keep, varies
from newsroom.publication.current import current

ABOUT = {
    "sources": "How we use sources",
    "corrections": "Corrections policy",
    "affiliate-links": "Affiliate links",
    "privacy": "Privacy",
}


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    publication, at = current(), timezone.now()
    page = front.home(publication, at)
    context = {
        **page.__dict__,
        "canonical": f"{settings.ORIGIN}/",
        "description": publication.tagline or publication.name,
        "og_title": publication.name,
        "structured": structured.website(publication),
    }
    return keep(render(request, "reader/home.html", context), page.tags, until=page.until)


@varies("page")
@require_safe
def section(request: HttpRequest, section: str) -> HttpResponse:
    publication, at = current(), timezone.now()
    page = front.section(section, _page_number(request), publication, at)
    if page is None:
        raise Http404("There is no such section or page.")
    canonical = f"{settings.ORIGIN}{page.section.path}"
    context = {
        **page.__dict__,
        "on_section": True,
        "canonical": canonical if page.page == 1 else f"{canonical}?page={page.page}",
        "description": f"{page.section.name}: the latest from {publication.name}.",
        "og_title": f"{page.section.name} | {publication.name}",
        "structured": structured.collection(page, publication),
    }
    return keep(render(request, "reader/section.html", context), page.tags, until=page.until)


@require_safe
def story(request: HttpRequest, section: str, slug: str) -> HttpResponse:
    publication, at = current(), timezone.now()
    found = assembly.find(section, slug, at)
    if found is None:
        return _gone(request, section, slug)
    page = assembly.page(found, publication, at)
    context = {"page": page, "sections": page.sections, "section": page.section}
    response = render(request, "reader/story.html", context)
    seen.note(found.pk, response.content, at=at, known=found._seen)  # type: ignore[attr-defined]
    return keep(response, page.tags, until=page.until)


def _gone(request: HttpRequest, section: str, slug: str) -> HttpResponse:
    """Answer 410 with the public notice for a withdrawn story; anything else was never here, as far as readers know.

    Raises:
        Http404: no such story, or one that readers have not seen.
    """
    withdrawn = Story.objects.filter(section__slug=section, slug=slug, readers=Story.Readers.WITHDRAWN)
    found = withdrawn.select_related("section").annotate(_seen=seen.last()).first()
    at = timezone.now()
    if found is None or found.embargoed(at):
        raise Http404("There is no such story.")
    context = {
        "notice": found.withdrawn_notice,
        "when": when(found.withdrawn_at, zone_of(current())) if found.withdrawn_at else None,
        "section": cards.SectionLink(found.section_id, found.section.name, found.section.slug),
        "sections": list(Section.objects.order_by("position", "name")),
    }
    response = render(request, "410.html", context, status=410)
    seen.note(found.pk, response.content, at=at, known=found._seen, status=410)
    return keep(response, {f"story:{found.pk}", "publication"})


@require_safe
def rss(request: HttpRequest) -> HttpResponse:
    publication, at = current(), timezone.now()
    pages = feeds.build(feeds.latest(at), publication, at)
    body = feeds.rss(pages, publication, path=request.path)
    return _feed(body, {"home", "feed:rss"}, pages)


@require_safe
def section_rss(request: HttpRequest, section: str) -> HttpResponse:
    publication, at = current(), timezone.now()
    row = Section.objects.filter(slug=section).first()
    if row is None:
        raise Http404("There is no such section.")
    link = cards.SectionLink(row.pk, row.name, row.slug)
    pages = feeds.build(feeds.latest(at, link), publication, at)
    body = feeds.rss(pages, publication, path=request.path, section=link)
    return _feed(body, {f"section:{link.id}", f"feed:section-{link.id}"}, pages)


def _feed(body: bytes, tags: set[str], pages: list[assembly.StoryPage]) -> HttpResponse:
    response = HttpResponse(body, content_type="application/rss+xml; charset=utf-8")
    stands_on = tags.union({"publication"}, *(page.tags for page in pages))
    return keep(response, stands_on, until=cards.earliest(page.until for page in pages))


@require_safe
def about(request: HttpRequest, page: str) -> HttpResponse:
    if page not in ABOUT:
        raise Http404("There is no such page.")
    context: dict[str, Any] = {
        "heading": ABOUT[page],
        "canonical": f"{settings.ORIGIN}{request.path}",
        "sections": list(Section.objects.order_by("position", "name")),
    }
    return keep(render(request, f"reader/about/{page}.html", context), {"publication"})


@varies("page")
@require_safe
def corrections(request: HttpRequest) -> HttpResponse:
    """Everything that was put right, on every story that readers may see."""
    page = told.page(_page_number(request), current(), timezone.now())
    if page is None:
        raise Http404("There is no such page.")
    canonical = f"{settings.ORIGIN}{request.path}"
    context = {**page.__dict__, "canonical": canonical if page.page == 1 else f"{canonical}?page={page.page}"}
    return keep(render(request, "reader/corrections.html", context), page.tags)


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    return keep(HttpResponse(discovery.robots(), content_type="text/plain; charset=utf-8"), {"publication"})


@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    body = discovery.sitemap(current(), timezone.now())
    return keep(
        HttpResponse(body, content_type="application/xml; charset=utf-8"), {"home", "publication", "feed:sitemap"}
    )


@require_safe
def news_sitemap(request: HttpRequest) -> HttpResponse:
    at = timezone.now()
    response = HttpResponse(discovery.news_sitemap(current(), at), content_type="application/xml; charset=utf-8")
    return keep(response, {"home", "publication", "feed:sitemap"}, until=at + discovery.NEWS_FRESH)


def _page_number(request: HttpRequest) -> int:
    """The page asked for, from 1.

    Raises:
        Http404: it is not a number that a page can have (a search engine must not keep "?page=x" as a page).
    """
    asked = request.GET.get("page", "1")
    if not (asked.isascii() and asked.isdigit() and len(asked) <= 4 and int(asked) >= 1):
        raise Http404("There is no such page.")
    return int(asked)

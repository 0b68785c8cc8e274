"""The reader's addresses. Each view asks the clock once, has the page put together, and says what the page stands on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import http_date
from django.views.decorators.http import require_safe

from articles import addresses, seen
from articles.models import Story
from articles.pinning import Wanted
from articles.reader import (
    assembly,
    cards,
    feed_formats,
    feeds,
    following,
    front,
    furniture,
    gathering,
    leading,
    ninjs,
    places,
    structured,
    told,
)
from articles.reader.asked import page_number
from articles.reader.feed_formats import FORMATS, Format
from articles.reader.places import Place
from articles.times import when, zone_of
from newsroom.pagecache import keep, varies
from newsroom.publication.current import current

ABOUT = {
    "ethics": "Ethics",
    "sources": "How we use sources",
    "corrections": "Corrections policy",
    "affiliate-links": "Affiliate links",
    "privacy": "Privacy",
    "contact": "Contact",
}


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    return _home(request, timezone.now())


def front_in_order(request: HttpRequest, section: str, wanted: Sequence[Wanted], at: datetime) -> HttpResponse:
    """The front page ("") or a section's as readers would get it with these stories first; kept nowhere."""
    if not section:
        return _home(request, at, wanted)
    return _listing(request, places.section(section), at, wanted)


def _home(request: HttpRequest, at: datetime, wanted: Sequence[Wanted] | None = None) -> HttpResponse:
    publication = current()
    page = front.home(publication, at, wanted)
    context = {
        **page.__dict__,
        "canonical": f"{settings.ORIGIN}/",
        "description": publication.tagline or publication.name,
        "og_title": publication.name,
        "structured": structured.website(publication),
    }
    response = render(request, "reader/home.html", context, using="public")
    return response if wanted is not None else keep(response, page.tags, until=page.until, never=page.never)


@varies("page")
@require_safe
def section(request: HttpRequest, section: str) -> HttpResponse:
    place, moved = _section(section)
    if place is None:
        return leading.slashed(request)
    return _on(request, place) if moved or request.path != place.path else _listing(request, place, timezone.now())


@varies("page")
@require_safe
def topic(request: HttpRequest, topic: str) -> HttpResponse:
    at = timezone.now()
    place, moved = _topic(topic, at)
    if place is not None and (moved or request.path != place.path):
        return _on(request, place)
    return _listing(request, place, at)


@varies("page")
@require_safe
def author(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    at = timezone.now()
    place = places.author(pk, at)
    if place is not None and request.path != place.path:
        # Under the name that they had, or none of theirs. Not kept: there is no end of names to ask for.
        return redirect(place.path, permanent=True)
    return _listing(request, place, at)


def _section(slug: str) -> tuple[Place | None, bool]:
    """The section of that name in addresses, and whether it has another by now."""
    if (here := places.section(slug)) is not None:
        return here, False
    if (small := slug.lower()) != slug:
        return _section(small)[0], True
    moved = addresses.section_at(slug)
    return (places.section(moved.slug) if moved else None), moved is not None


def _topic(slug: str, at: datetime) -> tuple[Place | None, bool]:
    """As ``_section``; a topic without a story that readers may see is nowhere, under any name."""
    if (here := places.topic(slug, at)) is not None:
        return here, False
    if (small := slug.lower()) != slug:
        return _topic(small, at)[0], True
    moved = addresses.topic_at(slug)
    return (places.topic(moved.slug, at) if moved else None), moved is not None


def _on(request: HttpRequest, place: Place | None, file: str = "") -> HttpResponse:
    """Lead on to where a place's page, or its ``file``, is now.

    Raises:
        Http404: it is nowhere, or there is no such page of it.
    """
    if place is None:
        raise Http404("There is no such page.")
    page = 1 if file else page_number(request)
    address = f"{place.feeds if file else place.path}{file}"
    if page > 1:
        return redirect(f"{address}?page={page}", permanent=True)  # not kept: any number leads on
    return leading.step(request, address, place.tag)


def _listing(
    request: HttpRequest, place: Place | None, at: datetime, wanted: Sequence[Wanted] | None = None
) -> HttpResponse:
    """A page of a place's stories.

    Raises:
        Http404: no such place or page.
    """
    publication = current()
    page = front.listing(place, page_number(request), publication, at, wanted) if place else None
    if place is None or page is None:
        raise Http404("There is no such page.")
    canonical = f"{settings.ORIGIN}{place.path}"
    name = f"Stories by {place.name}" if place.kind == "author" else place.name
    context = {
        **page.__dict__,
        "on_section": True,
        "canonical": canonical if page.page == 1 else f"{canonical}?page={page.page}",
        "description": f"{name}: the latest from {publication.name}.",
        "og_title": f"{name} | {publication.name}",
        "structured": structured.collection(page, publication),
        "formats": FORMATS.values(),
    }
    response = render(request, "reader/list.html", context, using="public")
    return response if wanted is not None else keep(response, page.tags, until=page.until, never=page.never)


@require_safe
def story(request: HttpRequest, section: str, slug: str) -> HttpResponse:
    at = timezone.now()
    # Without its slash it is nobody's page, and no page is drawn for it.
    found = gathering.find(section, slug, at) if request.path.endswith("/") else None
    if found is None:
        return _gone(request, section, slug, at)
    page = assembly.page(found, current(), at)
    response = render(request, "reader/story.html", following.context(page), using="public")
    seen.note(found.pk, response.content, at=at, known=found._seen)  # type: ignore[attr-defined]
    return keep(response, page.tags, until=page.until, never=page.never)


@require_safe
def story_ninjs(request: HttpRequest, section: str, slug: str) -> HttpResponse:
    """The story for partners' systems; where it was withdrawn, that it is not to be used any more."""
    at = timezone.now()
    found = gathering.find(section, slug, at)
    publication = current()
    if found is None:
        left = leading.story(request, section, slug, at, file=ninjs.path(""))
        if isinstance(left, HttpResponse):
            return left
        if left.readers != Story.Readers.WITHDRAWN:
            raise Http404("It came this very moment.")
        response = HttpResponse(ninjs.canceled(left, publication), content_type=ninjs.MEDIA_TYPE, status=410)
        return keep(response, {f"story:{left.pk}", "publication"})
    page, body = ninjs.usable(found, publication, at)
    return keep(HttpResponse(body, content_type=ninjs.MEDIA_TYPE), page.tags, until=page.until, never=page.never)


def _gone(request: HttpRequest, section: str, slug: str, at: datetime) -> HttpResponse:
    """Lead on to a story that was here and is elsewhere now. Answer 410 with the public notice for a withdrawn one,
    wherever it was; anything else was never here, as far as readers know.

    Raises:
        Http404: no such story, or one that readers may not see.
    """
    found = leading.story(request, section, slug, at, beside={"_seen": seen.last()})
    if isinstance(found, HttpResponse):
        return found
    if found.readers != Story.Readers.WITHDRAWN:
        raise Http404("It came this very moment.")
    context = {
        "notice": found.withdrawn_notice,
        "when": when(found.withdrawn_at, zone_of(current())) if found.withdrawn_at else None,
        "section": cards.SectionLink(found.section_id, found.section.name, found.section.slug),
        "sections": furniture.menu(),
    }
    response = render(request, "410.html", context, status=410, using="public")
    seen.note(found.pk, response.content, at=at, known=found._seen, status=410)  # type: ignore[attr-defined]
    return keep(response, {f"story:{found.pk}", "publication"})


@require_safe
def feed(request: HttpRequest, form: str) -> HttpResponse:
    return _feed(request, FORMATS[form], None, timezone.now())


@require_safe
def section_feed(request: HttpRequest, section: str, form: str) -> HttpResponse:
    place, moved = _section(section)
    return (
        _on(request, place, FORMATS[form].file)
        if moved
        else _feed(request, FORMATS[form], _there(place), timezone.now())
    )


@require_safe
def topic_feed(request: HttpRequest, topic: str, form: str) -> HttpResponse:
    at = timezone.now()
    place, moved = _topic(topic, at)
    return _on(request, place, FORMATS[form].file) if moved else _feed(request, FORMATS[form], _there(place), at)


@require_safe
def author_feed(request: HttpRequest, pk: int, form: str) -> HttpResponse:
    at = timezone.now()
    return _feed(request, FORMATS[form], _there(places.author(pk, at)), at)


def _there(place: Place | None) -> Place:
    if place is None:
        raise Http404("There is no such feed.")
    return place


def _feed(request: HttpRequest, form: Format, place: Place | None, at: datetime) -> HttpResponse:
    publication = furniture.publication()
    pages = feeds.build(feeds.latest(at, place), publication, at)
    body = feed_formats.write(pages, publication, form, path=request.path, place=place)
    tags = {"feed", "publication", place.tag if place else "home"}.union(*(page.tags for page in pages))
    response = HttpResponse(body, content_type=f"{form.media_type}; charset=utf-8")
    # When it was written, not when its newest story was touched: a minor change, or a story that goes, changes the feed
    # and no story's time, and who asks by time alone would never hear of it.
    response["Last-Modified"] = http_date(at.timestamp())
    if settings.WEBSUB_HUB:  # WebSub, 4: where a subscriber looks first, whatever the format
        response["Link"] = f'<{settings.WEBSUB_HUB}>; rel="hub", <{settings.ORIGIN}{request.path}>; rel="self"'
    ends = cards.earliest(page.never for page in pages)
    return keep(response, tags, until=cards.earliest(page.until for page in pages), never=ends)


@require_safe
def about(request: HttpRequest, page: str) -> HttpResponse:
    if page not in ABOUT:
        raise Http404("There is no such page.")
    context: dict[str, Any] = {
        "heading": ABOUT[page],
        "canonical": f"{settings.ORIGIN}{request.path}",
        "sections": furniture.menu(),
    }
    return keep(render(request, f"reader/about/{page}.html", context, using="public"), {"publication"})


@require_safe
def who(request: HttpRequest) -> HttpResponse:
    """Those whose names stand over stories that readers may see; of nobody else does a page say that they work here."""
    people = places.authors(timezone.now())
    context: dict[str, Any] = {
        "heading": "Who we are",
        "canonical": f"{settings.ORIGIN}{request.path}",
        "people": people,
        "sections": furniture.menu(),
    }
    # "home" is purged with each story that comes or goes, and with it whoever had no other.
    tags = {"publication", "home", *(f"author:{person.id}" for person in people)}
    return keep(render(request, "reader/about/who-we-are.html", context, using="public"), tags)


@varies("page")
@require_safe
def corrections(request: HttpRequest) -> HttpResponse:
    """Everything that was put right, on every story that readers may see."""
    page = told.page(page_number(request), current(), timezone.now())
    if page is None:
        raise Http404("There is no such page.")
    canonical = f"{settings.ORIGIN}{request.path}"
    context = {**page.__dict__, "canonical": canonical if page.page == 1 else f"{canonical}?page={page.page}"}
    return keep(render(request, "reader/corrections.html", context, using="public"), page.tags)

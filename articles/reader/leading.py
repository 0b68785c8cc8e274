"""Where an address leads that is not, or not quite, the present one of what a reader asks for: one step, never two."""

from __future__ import annotations

from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import Resolver404, resolve

from articles import addresses
from articles.models import Story
from newsroom.pagecache import keep

CATCH_ALL = ("reader:section", "reader:story", "reader:complain-about")  # their views asked for both forms already


def story(
    request: HttpRequest,
    section: str,
    slug: str,
    at: datetime,
    *,
    before: str = "",
    file: str = "",
    beside: dict[str, object] | None = None,
) -> Story | HttpResponse:
    """The story that readers may see at this very address, or that was withdrawn and is or was found here; or the step to
    where readers find it now, whatever it was called before, with small or capital letters, with or without the slash.

    before, file: what stands before the story's path and behind it, on the page that is asked for. beside: annotations of
    the story's row.

    Raises:
        Http404: no such story, or one that readers may not see.
    """
    stories = Story.objects.annotate(**(beside or {}))
    found = addresses.story_at(section, slug, stories)
    small = (section.lower(), slug.lower())
    if found is None and small != (section, slug):
        found = addresses.story_at(*small, stories)
    if found is None:
        return slashed(request)
    if found.shown_at(at):
        address = f"{before}{found.path}{file}"
        return found if address == request.path else step(request, address, f"story:{found.pk}")
    if found.embargoed(at) or found.readers != Story.Readers.WITHDRAWN:
        raise Http404("There is no such story.")
    if small != (section, slug):  # its notice is kept, and there is no end of mixtures of capital letters
        return step(request, request.path.lower())
    return found


def step(request: HttpRequest, address: str, *tags: str) -> HttpResponse:
    """Lead to ``address`` for good. Kept, except for a mixture of capital letters: there is no end of those to ask for."""
    response = redirect(address, permanent=True)
    return keep(response, {*tags, "publication"}) if request.path == request.path.lower() else response


def slashed(request: HttpRequest) -> HttpResponse:
    """Lead to the same address with its slash where a page of another kind is there, as Django does for those that no
    pattern takes.

    Raises:
        Http404: none is.
    """
    if not request.path.endswith("/"):
        try:
            there = resolve(f"{request.path_info}/").view_name
        except Resolver404:
            there = CATCH_ALL[0]
        if there not in CATCH_ALL:
            return redirect(request.get_full_path(force_append_slash=True), permanent=True)
    raise Http404("There is no such page.")

"""Asking for a page as a reader does, without one."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import resolve

from articles.models import Story
from articles.reader import views


def look(story_id: int) -> None:
    """Have the page drawn, and thereby kept (``seen``), as it stands now. Nothing where readers are given none."""
    story = Story.objects.select_related("section").filter(pk=story_id).first()
    if story is None:
        return
    try:
        views.story(request_for(story.path), story.section.slug, story.slug)
    except Http404:
        return


def drawn(path: str) -> HttpResponse:
    """What stands at one of our addresses now, drawn anew and kept nowhere; 404 where there is nothing."""
    found = resolve(path)
    try:
        response: HttpResponse = found.func(request_for(path), *found.args, **found.kwargs)
    except Http404:
        return HttpResponse(status=404)
    return response


def request_for(path: str) -> HttpRequest:
    """A reader's GET of ``path``."""
    origin = urlsplit(settings.ORIGIN)
    request = HttpRequest()
    request.method, request.path, request.path_info = "GET", path, path
    request.META = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": path,
        "HTTP_HOST": origin.netloc,
        "SERVER_NAME": origin.hostname,
        "SERVER_PORT": str(origin.port or (443 if origin.scheme == "https" else 80)),
        "wsgi.url_scheme": origin.scheme,
    }
    return request

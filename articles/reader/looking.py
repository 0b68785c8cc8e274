"""Asking for a story's page as a reader does, without one."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest

from articles.models import Story
from articles.reader import views


def look(story_id: int) -> None:
    """Have the page drawn, and thereby kept (``seen``), as it stands now. Nothing where readers are given none."""
    story = Story.objects.select_related("section").filter(pk=story_id).first()
    if story is None:
        return
    origin = urlsplit(settings.ORIGIN)
    request = HttpRequest()
    request.method, request.path, request.path_info = "GET", story.path, story.path
    request.META = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": story.path,
        "HTTP_HOST": origin.netloc,
        "SERVER_NAME": origin.hostname,
        "SERVER_PORT": str(origin.port or (443 if origin.scheme == "https" else 80)),
        "wsgi.url_scheme": origin.scheme,
    }
    try:
        views.story(request, story.section.slug, story.slug)
    except Http404:
        return

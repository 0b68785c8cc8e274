"""The page as readers would see it, for the desk alone."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from articles import access
from articles.models import Draft, Revision, Story
from articles.reader import assembly, cards, following, gathering, posts
from articles.typed import whole_number
from newsroom import accounts
from newsroom.accounts import person_of
from newsroom.publication.current import current


@accounts.require(*access.READERS_OF_DRAFTS)
@require_safe
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """The open draft's newest words in the reader's own template; ``?revision=`` shows another saved state."""
    draft = access.draft_for_reading(person_of(request), pk, whole_number(request.GET.get("draft", "")))
    revision = _revision(request, draft)
    at, publication = timezone.now(), current()
    story = gathering.rows(Story.objects.filter(pk=pk)).annotate(_sections=cards.sections(), **posts.beside()).get()
    story._next = story._alike = []  # type: ignore[attr-defined]
    # Those of the published words; the draft's are loaded afresh.
    story._quotes = story._related = []  # type: ignore[attr-defined]
    story.published_revision = revision
    # What readers have never seen has no times yet: it is shown as if it went out now.
    story.first_published_at = story.first_published_at or at
    story.visible_updated_at = story.visible_updated_at or at
    page = assembly.page(story, publication, at)
    context = {**following.context(page), "preview": True}
    response = render(request, "reader/story.html", context)
    # Never kept, not even by the browser: back after signing out would show a draft. Promise 8 and 23.
    response["Cache-Control"] = "no-store, private"
    response["X-Robots-Tag"] = "noindex"
    # The writing screen shows it in a frame of its own; nobody else may.
    response.csp = {"frame-ancestors": "'self'"}  # type: ignore[attr-defined]
    response["X-Frame-Options"] = "SAMEORIGIN"
    return response


def _revision(request: HttpRequest, draft: Draft) -> Revision:
    assert draft.head is not None
    if "revision" not in request.GET:
        return draft.head
    wanted = whole_number(request.GET["revision"])
    found = Revision.objects.filter(pk=wanted, draft__story_id=draft.story_id).first() if wanted else None
    if found is None:
        raise Http404("There is no such revision of this story.")
    return found

"""The live story at the desk: the field for a post, what was posted, and who holds the pen."""

from __future__ import annotations

import uuid
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from articles import access, moments, pens, posting
from articles.models import LivePen, LivePost, Story
from articles.refusals import Refused
from articles.typed import whole_number
from newsroom import accounts
from newsroom.accounts import person_of

MOST = 30


@accounts.require(*access.WRITERS)
@require_http_methods(["GET", "POST"])
def live_post(request: HttpRequest, pk: int) -> HttpResponse:
    """GET: the live story's page. POST: put an update before readers; refused, the same page says why beside the field.

    With ``Accept: application/json`` the answer is {said, token} (201) or {messages} (422), for the field on the board.
    """
    person = person_of(request)
    story = access.story_for_editing(person, pk)
    if request.method != "POST":
        return _page(request, story)
    script = request.headers.get("Accept") == "application/json"
    try:
        posting.post(
            story_id=story.pk,
            person=person,
            words=request.POST.get("words", ""),
            at=timezone.now(),
            token=_token(request),
        )
    except Refused as refused:
        if script:
            return JsonResponse({"messages": refused.messages}, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        return _page(request, story, refused.messages, HTTPStatus.UNPROCESSABLE_ENTITY)
    said = "Posted. Readers see it now."
    if script:
        return JsonResponse({"said": said, "token": str(uuid.uuid4())}, status=HTTPStatus.CREATED)
    messages.success(request, said)
    if request.POST.get("back") == "board":
        return redirect("articles-desk:board")
    return redirect("articles-desk:live-post", pk=pk)


@accounts.require(*access.EDITORS)
@require_POST
def pen_give(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a reporter the live pen."""
    story = access.story_for_editing(person_of(request), pk)
    try:
        pen = pens.give(
            story_id=story.pk,
            person=person_of(request),
            to_id=whole_number(request.POST.get("person", "")),
            until=request.POST.get("until", ""),
            at=timezone.now(),
        )
    except Refused as refused:
        errors = {name or "whole": said for name, said in refused.messages.items()}
        return _page(request, story, pen_errors=errors, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    messages.success(request, f"{pen.person.name} has the live pen until {moments.said(pen.until)}.")
    return redirect("articles-desk:live-post", pk=pk)


@accounts.require(*access.EDITORS)
@require_POST
def pen_take_back(request: HttpRequest, pk: int, pen: int) -> HttpResponse:
    """Take a live pen back at once."""
    found = LivePen.objects.select_related("person").filter(pk=pen, story=pk).first()
    if found is None:
        raise Http404("There is no such pen.")
    pens.take_back(found, person=person_of(request), at=timezone.now())
    messages.success(request, f"{found.person.name} does not hold the live pen any more.")
    return redirect("articles-desk:live-post", pk=pk)


def _token(request: HttpRequest) -> uuid.UUID | None:
    try:
        return uuid.UUID(request.POST.get("token", ""))
    except ValueError:
        return None


def _page(
    request: HttpRequest,
    story: Story,
    errors: dict[str, str] | None = None,
    status: int = HTTPStatus.OK,
    pen_errors: dict[str, str] | None = None,
) -> HttpResponse:
    person, at, errors = person_of(request), timezone.now(), errors or {}
    posts = LivePost.objects.filter(story=story).select_related("person", "log__review__closed_by")[: MOST + 1]
    held = list(pens.of(story)[:MOST])
    decides = access.may(person).decide
    context: dict[str, Any] = {
        "story": story,
        "headline": story.published_revision.headline if story.published_revision else "Untitled story",
        "why_not": pens.why_not(person, story, at),
        "live": story.live_at(at),
        "posts": posts[:MOST],
        "more": len(posts) > MOST,
        "pens": [{"pen": pen, "writes": pen.writes(at) and story.live} for pen in held],
        "reporters": [(str(one.pk), one.name) for one in pens.can_hold()[:200]] if decides else [],
        "may": access.may(person),
        "errors": errors,
        "whole": errors.get("", ""),
        "pen_errors": pen_errors or {},
        "words": request.POST.get("words", ""),
        "chosen": request.POST.get("person", ""),
        "until": request.POST.get("until", "") if request.method == "POST" else moments.field_value(story.live_until),
        "prolong_url": reverse("articles-desk:prolong-live", args=[story.pk]),
    }
    return render(request, "desk/articles/live.html", context, status=status)

"""Letting through, with a reason: words in quotation marks that nobody said, and what a check found; and taking the
first back."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from articles import access, checks, ledger, waiving
from articles.models import Draft
from articles.refusals import Refused
from articles.typed import whole_number
from newsroom import accounts
from newsroom.accounts import person_of
from newsroom.accounts.doors import wants_data
from newsroom.wording import quoted


@accounts.require(*access.EDITORS)
@require_POST
def waive(request: HttpRequest, pk: int) -> HttpResponse:
    """Waive ``words`` for this story with a ``reason``. A script is answered JSON: 200, or 422 ``{errors}``."""
    person = person_of(request)
    story = access.story_for_editing(person, pk)
    try:
        waiver = ledger.waive(
            story_id=story.pk,
            words=request.POST.get("words", ""),
            reason=request.POST.get("reason", ""),
            person=person,
            at=timezone.now(),
        )
    except Refused as refused:
        if wants_data(request):
            return JsonResponse({"errors": refused.messages}, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        messages.error(request, str(refused))
        return redirect("articles-desk:write", pk=pk)
    if wants_data(request):
        return JsonResponse({"id": waiver.pk, "words": waiver.words})
    messages.success(request, f"{quoted(waiver.words)} needs no source in this story.")
    return redirect("articles-desk:write", pk=pk)


@accounts.require(*access.EDITORS)
@require_POST
def unwaive(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the waiver ``waiver`` of this story back. A script is answered JSON: 200, or 422 ``{errors}``."""
    person = person_of(request)
    story = access.story_for_editing(person, pk)
    number = whole_number(request.POST.get("waiver", ""))
    try:
        waiver = waiving.unwaive(number or 0, story_id=story.pk, person=person, at=timezone.now())
    except Refused as refused:
        if wants_data(request):
            return JsonResponse({"errors": refused.messages}, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        messages.error(request, str(refused))
        return redirect("articles-desk:history", pk=pk)
    if wants_data(request):
        return JsonResponse({"id": waiver.pk, "words": waiver.words})
    messages.success(request, f"{quoted(waiver.words)} needs a source again.")
    return redirect("articles-desk:history", pk=pk)


@accounts.require(*access.EDITORS)
@require_http_methods(["GET", "POST"])
def waive_check(request: HttpRequest, pk: int) -> HttpResponse:
    """Waive one finding (``check``, ``about``) of a draft's saved text with a ``reason``. GET asks for the reason. A script
    is answered JSON: 200, or 422 ``{errors}``."""
    asked = request.POST if request.method == "POST" else request.GET
    person = person_of(request)
    draft = access.draft_for_editing(person, pk, whole_number(asked.get("draft", "")))
    if request.method != "POST":
        return _page(request, draft)
    try:
        waiver = waiving.waive(
            draft,
            name=request.POST.get("check", ""),
            about=request.POST.get("about", ""),
            reason=request.POST.get("reason", ""),
            person=person,
            at=timezone.now(),
        )
    except Refused as refused:
        if wants_data(request):
            return JsonResponse({"errors": refused.messages}, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        return _page(request, draft, refused.messages, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    if wants_data(request):
        return JsonResponse({"id": waiver.pk})
    messages.success(request, "Waived for this story.")
    return redirect(f"{reverse('articles-desk:write', args=[pk])}?draft={draft.pk}#rail-checks")


def _page(
    request: HttpRequest, draft: Draft, errors: dict[str, str] | None = None, status: HTTPStatus = HTTPStatus.OK
) -> HttpResponse:
    asked = request.POST if request.method == "POST" else request.GET
    assert draft.head is not None
    found = checks.run(draft.head, story=draft.story, at=timezone.now())
    finding = next((one for one in found if (one.name, one.about) == (asked.get("check"), asked.get("about"))), None)
    errors = dict(errors or {})
    context = {
        "draft": draft,
        "finding": finding if finding is not None and finding.waivable else None,
        "reason": asked.get("reason", ""),
        "reason_error": errors.pop("reason", ""),
        "errors": errors,
        "back_url": f"{reverse('articles-desk:write', args=[draft.story_id])}?draft={draft.pk}#rail-checks",
    }
    return render(request, "desk/articles/waive_check.html", context, status=status)

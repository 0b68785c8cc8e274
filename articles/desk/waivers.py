"""Letting words in quotation marks through that nobody said."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from articles import access, ledger
from articles.refusals import Refused
from newsroom import accounts
from newsroom.accounts import person_of
from newsroom.accounts.doors import wants_data


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
    messages.success(request, f"“{waiver.words}” needs no source in this story.")
    return redirect("articles-desk:write", pk=pk)

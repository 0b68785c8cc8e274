"""Whether a story that was taken from readers has left every exit: the page of receipts (promise 9)."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from articles import access
from articles.exits import EXITS
from articles.models import MoveLog, Receipt
from newsroom import accounts
from newsroom.accounts import person_of


@accounts.require(*access.READERS_OF_DRAFTS)
@require_safe
def receipts(request: HttpRequest, pk: int) -> HttpResponse:
    """The last departure’s receipts; a script asks for the list alone every two seconds until all are in."""
    person = person_of(request)
    story = access.story_for_reading(person, pk)
    log = MoveLog.objects.filter(receipts__story=story).select_related("person").distinct().first()
    context = {
        "story": story,
        "log": log,
        "progress": EXITS.progress(log, at=log.at) if log else None,
        "may_retry": access.may(person).decide,
        "at": timezone.now(),
    }
    template = "_receipts" if request.headers.get("HX-Request") == "true" else "receipts"
    return render(request, f"desk/articles/{template}.html", context)


@accounts.require(*access.EDITORS)
@require_POST
def retry(request: HttpRequest, pk: int, receipt: int) -> HttpResponse:
    """Try an exit again that was given up."""
    story = access.story_for_reading(person_of(request), pk)
    found = Receipt.objects.filter(pk=receipt, story=story).select_related("log").first()
    if found is None:
        raise Http404("There is no such receipt.")
    if EXITS.again(found.log, found):
        messages.success(request, "It is tried again now.")
    else:
        messages.info(request, "It is being tried already, or done.")
    return redirect("articles-desk:receipts", pk=pk)

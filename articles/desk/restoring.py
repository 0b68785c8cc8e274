"""The button that brings an earlier state back."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from articles import access, drafts, restoring
from articles.models import Revision
from articles.typed import whole_number
from newsroom import accounts
from newsroom.accounts import person_of


@accounts.require(*access.WRITERS)
@require_POST
def restore(request: HttpRequest, pk: int) -> HttpResponse:
    """Restore ``revision`` into the open draft, as its next revision; ``back=write`` leads to the writing screen,
    else to the history, where whatever holds it back is said."""
    person = person_of(request)
    draft = access.draft_for_editing(person, pk, whole_number(request.POST.get("draft", "")))
    wanted = whole_number(request.POST.get("revision", ""))
    revision = Revision.objects.filter(pk=wanted, draft__story_id=pk).first() if wanted else None
    if revision is None:
        raise Http404("There is no such revision of this story.")
    expected = whole_number(request.POST.get("expected_version", "")) or 0
    try:
        kept = restoring.restore(draft, revision, person=person, expected_version=expected, at=timezone.now())
    except drafts.Stale as stale:
        messages.error(
            request,
            f"{stale.by} changed this draft at {timezone.localtime(stale.at):%H:%M}. Nothing was restored. Look again.",
        )
    except drafts.ContentRefused as refused:
        messages.error(request, f"Nothing was restored. {refused}")
    else:
        if kept is None:
            messages.info(request, f"The draft says what revision {revision.number} says already.")
        else:
            messages.success(request, f"Revision {revision.number} is restored as revision {kept.number}.")
    if request.POST.get("back") == "write":
        return redirect(f"{reverse('articles-desk:write', args=[pk])}?draft={draft.pk}#rail-history")
    return redirect("articles-desk:history", pk=pk)

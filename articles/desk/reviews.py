"""What went out before a second person had read it: read here, and closed."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from articles import access, differing, reviews
from articles.models import Review
from articles.refusals import Refused
from newsroom import accounts
from newsroom.accounts import person_of

MOST = 20


@accounts.require(*access.READERS_OF_DRAFTS)
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Open reviews, the longest waiting first, each with what it changed for readers."""
    return _page(request)


@accounts.require(*access.EDITORS)
@require_POST
def close(request: HttpRequest, pk: int) -> HttpResponse:
    try:
        reviews.close(pk, person=person_of(request), at=timezone.now(), note=request.POST.get("note", ""))
    except Review.DoesNotExist:
        raise Http404("There is no such review.") from None
    except Refused as refused:
        return _page(request, pk, refused.messages, HTTPStatus.UNPROCESSABLE_ENTITY)
    messages.success(request, "Closed. The log keeps that you have read it.")
    return redirect("articles-desk:reviews")


def _page(
    request: HttpRequest, pk: int = 0, errors: dict[str, str] | None = None, status: HTTPStatus = HTTPStatus.OK
) -> HttpResponse:
    person = person_of(request)
    found = list(reviews.waiting().prefetch_related("before")[: MOST + 1])
    loaded = differing.load(one for review in found[:MOST] for one in (review.before, review.revision))
    context = {
        "waiting": [
            {
                "review": review,
                "changes": differing.changes(review.before, review.revision, loaded),
                "why_not": reviews.why_not(review, person),
                "errors": errors if review.pk == pk else None,
                "note": request.POST.get("note", "") if review.pk == pk else "",
            }
            for review in found[:MOST]
        ],
        "more": len(found) > MOST,
    }
    return render(request, "desk/articles/reviews.html", context, status=status)

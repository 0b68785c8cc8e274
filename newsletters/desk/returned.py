"""Letters that came back: the addresses to which nothing more is sent, and why."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from newsletters import access, returning
from newsletters.models import Returned, Subscriber
from newsroom import accounts

PAGE = 50
SINCE = timedelta(days=30)


@accounts.require(*access.ROLES)
@require_safe
def returned(request: HttpRequest) -> HttpResponse:
    """Addresses that take no mail, the newest first, and what came back in the last thirty days by kind."""
    at = timezone.now()
    rows = Subscriber.objects.filter(undeliverable_at__isnull=False).order_by("-undeliverable_at", "-pk")
    kinds = Returned.objects.filter(at__gte=at - SINCE).order_by().values_list("kind").annotate(number=Count("pk"))
    numbers = dict(kinds)
    context = {
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "kinds": [(kind.label, numbers.get(kind.value, 0)) for kind in Returned.Kind],
        "in_a_row": returning.IN_A_ROW,
    }
    return render(request, "desk/newsletters/returned.html", context)


@accounts.require(*access.ROLES)
@require_POST
def again(request: HttpRequest, pk: int) -> HttpResponse:
    """Let letters go out to an address again."""
    person = accounts.person_of(request)
    found = access.subscriber_for(person, pk)
    if returning.write_again(found.pk, person=person):
        messages.success(request, f"Letters go out to {found} again.")
    else:
        messages.info(request, f"Letters went out to {found} already.")
    return redirect("newsletters-desk:returned")

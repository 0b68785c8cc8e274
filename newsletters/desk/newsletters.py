"""The first page: the newsletters with their lists, and the issues of each."""

from __future__ import annotations

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from newsletters import access, audience, issues
from newsletters.models import Issue, Newsletter
from newsroom import accounts

SHOWN = 30


@accounts.require(*access.ROLES)
@require_safe
def newsletters(request: HttpRequest) -> HttpResponse:
    """Show all newsletters, and the newest issues with how they stand."""
    numbers = audience.sizes()
    found = [(newsletter, numbers.get(newsletter.pk, 0)) for newsletter in Newsletter.objects.all()]
    latest = list(
        Issue.objects.select_related("newsletter", "made_by")
        .defer("frozen_html", "frozen_text")
        .order_by("-changed_at")[:SHOWN]
    )
    counted = {
        row["pk"]: row
        for row in Issue.objects.filter(pk__in=[issue.pk for issue in latest])
        .order_by()
        .values("pk")
        .annotate(
            sent=Count("deliveries", filter=Q(deliveries__state="sent")),
            uncertain=Count("deliveries", filter=Q(deliveries__state="uncertain")),
        )
    }
    rows = [(issue, counted[issue.pk]) for issue in latest]
    return render(request, "desk/newsletters/newsletters.html", {"newsletters": found, "issues": rows})


@accounts.require(*access.ROLES)
@require_POST
def issue_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin an issue and open it."""
    person = accounts.person_of(request)
    made = issues.start(access.newsletter_for(person, pk), person=person, at=timezone.now())
    return redirect("newsletters-desk:issue", pk=made.pk)

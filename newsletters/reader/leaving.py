"""Leaving: the mail app's one click, and the page with the button."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from newsletters import leaving
from newsletters.models import Subscription
from newsletters.reader.frame import private


@csrf_exempt  # RFC 8058 3.2: the mail program's POST carries no cookie
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows a button and changes nothing. POST leaves at once and answers 200: never a redirect (RFC 8058 3.1)."""
    place = leaving.find(token)
    if place is None:
        return private(request, "newsletters/link_unknown.html", {"what": "leave"}, status=404)
    facts = {"newsletter": place.subscription.newsletter}
    if request.method == "POST":
        one_click = request.POST.get("List-Unsubscribe") == "One-Click"
        leaving.leave(place, how=leaving.ONE_CLICK if one_click else leaving.BUTTON, at=timezone.now())
        return private(request, "newsletters/left.html", facts)
    if place.subscription.state == Subscription.State.LEFT:
        return private(request, "newsletters/left.html", facts)
    return private(request, "newsletters/leave.html", facts)

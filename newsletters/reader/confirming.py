"""Confirming an address: a page with a button, and the button."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from newsletters import signup, tokens
from newsletters.reader.frame import private


@csrf_exempt  # the key in the address is the proof, and no cookie is involved
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows the button and changes nothing: mail scanners open every link. POST confirms; a second is calm."""
    at = timezone.now()
    key = tokens.find(token)
    if key is None:
        return private(request, "newsletters/link_unknown.html", {"what": "confirm"}, status=404)
    sign_up = key.sign_up
    assert sign_up is not None  # a key that confirms, as the database holds
    facts = {"newsletter": sign_up.newsletter, "ticks": list(sign_up.ticks.order_by("signuptick__id"))}
    if request.method == "POST":
        done = signup.confirm(key, at=at)
        if done is not None:
            return private(request, "newsletters/confirmed.html", {**facts, "fresh": done.fresh})
        return private(request, "newsletters/link_expired.html", facts, status=410)
    if key.used_at is None and key.expires_at <= at:
        return private(request, "newsletters/link_expired.html", facts, status=410)
    return private(request, "newsletters/confirm.html", facts)

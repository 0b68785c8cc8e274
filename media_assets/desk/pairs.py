"""Deciding of two pictures that look alike whether they are one."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from media_assets import access, alike, standing
from media_assets.ingest import Refused
from media_assets.models import Resemblance
from newsroom import accounts


@accounts.require(*access.UPLOAD)
@require_POST
def decide(request: HttpRequest, pk: int, pair: int) -> HttpResponse:
    """``decision``: "same" sets the newer one aside, "different" keeps both."""
    person, at = accounts.person_of(request), timezone.now()
    asset = access.asset_for(person, pk)
    same = request.POST.get("decision") == "same"
    back = request.POST.get("back", "")
    try:
        older = alike.decide(pair if pair < 2**63 else 0, same=same, person=person, at=at)
    except Resemblance.DoesNotExist:
        messages.error(request, "Somebody has decided this already. Nothing was changed.")
        return redirect("media-desk:asset", asset.pk)
    except Refused as refused:
        messages.error(request, refused.message)
        return redirect("media-desk:asset", asset.pk)
    standing.settle([asset.pk], at=at)
    if same:
        messages.success(request, "The newer one is withdrawn. This is the one to use.")
        return redirect("media-desk:asset", older.pk)
    messages.success(request, "Noted: they are two pictures.")
    if url_has_allowed_host_and_scheme(back, allowed_hosts=None) and back.startswith("/"):
        return redirect(back)
    return redirect("media-desk:asset", asset.pk)

"""What became of a picture that left the readers: each exit, what it was asked and what it answered."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from media_assets import access
from media_assets.exits import EXITS
from media_assets.models import PictureReceipt, Use
from newsroom import accounts
from newsroom.accounts import person_of

EARLIER = 10


@accounts.require(*access.SEE)
@require_safe
def receipts(request: HttpRequest, pk: int) -> HttpResponse:
    """The last departure’s receipts; a script asks for the list alone every two seconds until all are in."""
    person = person_of(request)
    asset = access.asset_for(person, pk)
    departures = list(asset.departures.all()[: EARLIER + 1])
    last = departures[0] if departures else None
    context = {
        "asset": asset,
        "departure": last,
        "places": ", ".join(Use(use).label.lower() for use in last.uses) if last else "",
        "earlier": departures[1:],
        "progress": EXITS.progress(last, at=last.at) if last else None,
        "may_retry": access.may(person, "withdraw"),
        "at": timezone.now(),
    }
    template = "_receipts" if request.headers.get("HX-Request") == "true" else "receipts"
    return render(request, f"desk/pictures/{template}.html", context)


@accounts.require(*access.WITHDRAW)
@require_POST
def retry(request: HttpRequest, pk: int, receipt: int) -> HttpResponse:
    """Try an exit again that was given up."""
    asset = access.asset_for(person_of(request), pk)
    found = PictureReceipt.objects.filter(pk=receipt, departure__asset=asset).select_related("departure").first()
    if found is None:
        raise Http404("There is no such receipt.")
    if EXITS.again(found.departure, found):
        messages.success(request, "It is tried again now.")
    else:
        messages.info(request, "It is being tried already, or done.")
    return redirect("media-desk:receipts", pk=pk)

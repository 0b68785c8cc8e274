"""What became of a picture that left the readers: each exit, what it was asked and what it answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from media_assets import access, exits
from media_assets.models import Asset, Departure, PictureReceipt, Use
from newsroom import accounts, outbox
from newsroom.accounts import person_of
from newsroom.outbox.models import Effect

EARLIER = 10


@dataclass(frozen=True)
class Line:
    """One exit. effect: what the outbox knows of it, as long as that is not done."""

    receipt: PictureReceipt
    label: str
    effect: Effect | None

    @property
    def state(self) -> str:
        if self.receipt.acknowledged_at is not None:
            return "gone"
        if self.effect is not None and self.effect.dead_at is not None:
            return "given up"
        return "again" if self.effect is not None and self.effect.last_error else "waiting"


@accounts.require(*access.SEE)
@require_safe
def receipts(request: HttpRequest, pk: int) -> HttpResponse:
    """The last departure’s receipts; a script asks for the list alone every two seconds until all are in."""
    person = person_of(request)
    asset = access.asset_for(person, pk)
    departures = list(asset.departures.all()[: EARLIER + 1])
    last = departures[0] if departures else None
    lines = _lines(asset, last)
    answered = [line.receipt.acknowledged_at for line in lines if line.receipt.acknowledged_at]
    context = {
        "asset": asset,
        "departure": last,
        "places": ", ".join(Use(use).label.lower() for use in last.uses) if last else "",
        "earlier": departures[1:],
        "lines": lines,
        "gone": len(answered),
        "waiting": any(line.state in ("waiting", "again") for line in lines),
        "seconds": round((max(answered) - last.at).total_seconds()) if last and len(answered) == len(lines) else None,
        "may_retry": access.may(person, "withdraw"),
        "at": timezone.now(),
    }
    template = "_receipts" if request.headers.get("HX-Request") == "true" else "receipts"
    return render(request, f"desk/pictures/{template}.html", context)


@accounts.require(*access.WITHDRAW)
@require_POST
def retry(request: HttpRequest, pk: int, receipt: int) -> HttpResponse:
    """Ask an exit again that was given up."""
    asset = access.asset_for(person_of(request), pk)
    rows = PictureReceipt.objects.filter(pk=receipt, departure__asset=asset) if receipt < 2**63 else None
    found = rows.select_related("departure").first() if rows is not None else None
    if found is None:
        raise Http404("There is no such receipt.")
    line = next((line for line in _lines(asset, found.departure) if line.receipt.pk == found.pk), None)
    if line is not None and line.effect is not None and outbox.retry(line.effect.pk):
        messages.success(request, "It is asked again now.")
    else:
        messages.info(request, "It is being asked already, or has answered.")
    return redirect("media-desk:receipts", pk=pk)


def _lines(asset: Asset, departure: Departure | None) -> list[Line]:
    """Two queries, however many exits."""
    if departure is None:
        return []
    known = {exit.name: (number, exit.label) for number, exit in enumerate(exits.registered())}
    found = list(departure.receipts.all())
    asked = min((receipt.asked_at for receipt in found), default=departure.at)
    # The events' table has an index on its time alone; two machines' clocks may differ.
    near = (asked - timedelta(minutes=10), asked + timedelta(minutes=10))
    effects = {
        effect.handler: effect
        for effect in Effect.objects.filter(
            event__kind="asset.left",
            event__created_at__range=near,
            event__payload__departure_id=departure.pk,
            done_at=None,
        )
    }
    lines = [
        Line(receipt, known.get(receipt.exit, (0, receipt.exit))[1], effects.get(exits.effect_of(receipt.exit)))
        for receipt in found
    ]
    return sorted(lines, key=lambda line: known.get(line.receipt.exit, (len(known), ""))[0])

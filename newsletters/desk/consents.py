"""Consent at the desk: whether the receipts are whole, what can be proved of one address, and how long what is kept."""

from __future__ import annotations

import json
from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from newsletters import access, addresses, keyed
from newsletters import evidence as proving
from newsletters import retention as clocks
from newsletters.models import ChainCheck, ConsentReceipt, Import, SignUp, SignUpAlarm, Suppression
from newsroom import accounts
from newsroom.audit import note

ALARMS_SHOWN = timedelta(days=7)


@accounts.require(*access.ROLES)
@require_safe
def consent(request: HttpRequest) -> HttpResponse:
    """Show how consent stands as a whole, what was defended against, and where the rest is."""
    at = timezone.now()
    context = {
        "check": ChainCheck.objects.first(),
        "head": ConsentReceipt.objects.filter(seq__isnull=False).order_by("-seq").first(),
        "alarms": SignUpAlarm.objects.filter(hour__gte=at - ALARMS_SHOWN)[:30],
        "queued": SignUp.objects.filter(queued_at__isnull=False).count(),
        "suppressed": Suppression.objects.filter(lifted_at=None).count(),
        "imports": Import.objects.select_related("made_by")[:5],
    }
    return render(request, "desk/newsletters/consent.html", context)


@accounts.require(*access.ROLES)
@require_http_methods(["GET", "HEAD", "POST"])
def evidence(request: HttpRequest) -> HttpResponse:
    """Everything that can be proved of one address. Each look is written down, under the keyed hash."""
    if request.method != "POST":
        return render(request, "desk/newsletters/evidence.html", {})
    typed, at = request.POST.get("address", "").replace("\x00", "")[:1000], timezone.now()
    try:
        address = addresses.read(typed)
    except addresses.NotAnAddress as error:
        return render(request, "desk/newsletters/evidence.html", {"typed": typed, "error": error.message}, status=422)
    form = wanted if (wanted := request.POST.get("format", "")) in ("json", "csv") else "page"
    found = proving.for_regulator(address.normalised, at=at)
    subject = keyed.one(address.normalised)
    note(accounts.person_of(request), "newsletters.evidence", f"address:{subject}", form=form)
    receipts = [row for person in found["people"] for row in person["receipts"]]
    if form == "json":
        return _file(
            json.dumps(found, ensure_ascii=False, indent=1), "application/json", f"evidence-{at:%Y-%m-%d}.json"
        )
    if form == "csv":
        return _file("\ufeff" + proving.as_csv(receipts), "text/csv; charset=utf-8", f"evidence-{at:%Y-%m-%d}.csv")
    context = {"typed": typed, "found": found, "receipts": receipts}
    return _unkept(render(request, "desk/newsletters/evidence.html", context))


@accounts.require(*access.ROLES)
@require_http_methods(["GET", "HEAD", "POST"])
def retention(request: HttpRequest) -> HttpResponse:
    """The clocks, how many stand where on each, and the form of each purpose. POST sets one."""
    person, at = accounts.person_of(request), timezone.now()
    errors: dict[str, str] = {}
    slug = request.POST.get("purpose", "").replace("\x00", "")[:60]
    typed = {name: request.POST.get(name, "").replace("\x00", "").strip()[:20] for name in ("days", "months")}
    if request.method == "POST":
        purpose = access.purpose_for(person, slug)
        try:
            clocks.set_clock(purpose, **typed, person=person)
        except clocks.Refused as refused:
            errors = refused.messages
        else:
            messages.success(request, f"The clock of {purpose.name} is set.")
            return redirect("newsletters-desk:retention")
    report = clocks.report(at=at)
    rows = [
        (clock, typed if errors and clock.purpose.slug == slug else {"days": clock.days, "months": clock.months},
         errors if clock.purpose.slug == slug else {})
        for clock in report.clocks
    ]  # fmt: skip
    context = {"report": report, "rows": rows}
    return render(request, "desk/newsletters/retention.html", context, status=422 if errors else 200)


def _file(text: str, content_type: str, name: str) -> HttpResponse:
    response = HttpResponse(text, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return _unkept(response)


def _unkept(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    return response

"""Sending an issue: the last look, the sending itself, and what became of each letter."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from newsletters import access, audience, issues, preflight, resolving, shown
from newsletters import progress as counting
from newsletters.composition import letter
from newsletters.desk.composing import framing
from newsletters.models import Issue
from newsroom import accounts

UNCERTAIN_SHOWN = 200


@accounts.require(*access.ROLES)
@require_http_methods(["GET", "HEAD", "POST"])
def send(request: HttpRequest, pk: int) -> HttpResponse:
    """GET: what would be sent, and what stands against it. POST: send it."""
    person = accounts.person_of(request)
    issue = access.issue_for(person, pk)
    at = timezone.now()
    refused, status = "", 200
    if request.method == "POST":
        version = request.POST.get("version", "")
        try:
            issues.send(
                pk,
                person=person,
                expected_version=int(version) if version.isdecimal() and len(version) < 10 else 0,
                at=at,
            )
        except issues.Refused as error:
            refused, status = error.message, 409 if isinstance(error, issues.Late) else 422
            issue = access.issue_for(person, pk)
        else:
            messages.success(request, "The issue is on its way.")
            return redirect("newsletters-desk:results", pk=pk)
    if issue.state != Issue.State.COMPOSING:
        return redirect("newsletters-desk:results", pk=pk)
    composed = letter.compose(issue, at=at)
    checks = preflight.checks(issue, composed, at=at)
    context = {
        "issue": issue,
        "checks": sorted(checks, key=lambda check: (not check.stops, not check.warns)),
        "stopped": any(check.stops for check in checks),
        "audience": audience.size(issue.newsletter, at=at),
        "composed": composed,
        "refused": refused,
    }
    return framing(render(request, "desk/newsletters/send.html", context, status=status))


@accounts.require(*access.ROLES)
@require_safe
def results(request: HttpRequest, pk: int) -> HttpResponse:
    """How far the sending is, who was skipped and why, and the uncertain letters by name."""
    issue = access.issue_for(accounts.person_of(request), pk)
    if issue.state == Issue.State.COMPOSING:
        return redirect("newsletters-desk:issue-send", pk=pk)
    at = timezone.now()
    context = {
        "issue": issue,
        "progress": counting.of(issue, at=at),
        "at": at,
        "uncertain": list(resolving.uncertain(issue)[:UNCERTAIN_SHOWN]),
        "left_because_of_it": issue.leavers.count(),
        "places": list(issue.places.select_related("story__section", "frozen_revision")),
        "beside": shown.beside(issue),
    }
    return render(request, "desk/newsletters/results.html", context)


@accounts.require(*access.ROLES)
@require_safe
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The card with the numbers, asked for again and again by the page of results."""
    issue = access.issue_for(accounts.person_of(request), pk)
    at = timezone.now()
    response = render(
        request,
        "desk/newsletters/_progress.html",
        {"issue": issue, "progress": counting.of(issue, at=at), "at": at},
    )
    if issue.state != Issue.State.SENDING:
        response["HX-Refresh"] = "true"  # finished or held: the whole page says other things now
    return response


@accounts.require(*access.ROLES)
@require_POST
def hold(request: HttpRequest, pk: int) -> HttpResponse:
    person = accounts.person_of(request)
    issue = access.issue_for(person, pk)
    if issues.hold(issue.pk, why=f"Held by {person.name}.", at=timezone.now(), person=person):
        messages.success(request, "Held. Nothing more goes out until somebody lets it go on.")
    else:
        messages.error(request, "It was not being sent any more, so there was nothing to hold.")
    return redirect("newsletters-desk:results", pk=pk)


@accounts.require(*access.ROLES)
@require_POST
def go_on(request: HttpRequest, pk: int) -> HttpResponse:
    person = accounts.person_of(request)
    issue = access.issue_for(person, pk)
    try:
        issues.go_on(issue.pk, person=person, at=timezone.now())
    except issues.Refused as error:
        messages.error(request, error.message)
    else:
        messages.success(request, "The sending goes on where it stood.")
    return redirect("newsletters-desk:results", pk=pk)


@accounts.require(*access.ROLES)
@require_POST
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    person = accounts.person_of(request)
    issue = access.issue_for(person, pk)
    try:
        number = issues.cancel(issue.pk, person=person, at=timezone.now())
    except issues.Refused as error:
        messages.error(request, error.message)
    else:
        messages.success(request, f"Cancelled: {number:,} planned letters are not sent.")
    return redirect("newsletters-desk:results", pk=pk)


@accounts.require(*access.ROLES)
@require_POST
def resolve(request: HttpRequest, pk: int, delivery: int) -> HttpResponse:
    """Decide on one uncertain letter."""
    person = accounts.person_of(request)
    found = access.delivery_for(person, access.issue_for(person, pk), delivery)
    try:
        resolving.resolve(found.pk, as_=request.POST.get("as", ""), person=person, at=timezone.now())
    except ValueError:
        messages.error(request, "Say whether it counts as sent or is to be sent again.")
    except resolving.Late:
        messages.error(request, "That letter is not uncertain any more: somebody decided, or the answer came.")
    except resolving.Refused as error:
        messages.error(request, error.message)
    else:
        messages.success(request, f"Noted for {found.subscriber.address}.")
    return redirect("newsletters-desk:results", pk=pk)

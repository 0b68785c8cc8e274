"""Composing an issue: its words, its stories in their order, and the letter as it would arrive."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_safe

from newsletters import access, issues, message
from newsletters.composition import letter as composition
from newsletters.models import Issue, IssueStory
from newsroom import accounts

# Its own origin, or our pictures would not be given to it; but no script, no form and no way out of the frame.
SANDBOX = "allow-same-origin allow-popups"
LOOKS = {"desktop": "Desktop", "phone": "Phone", "text": "Text"}


@accounts.require(*access.ROLES)
@require_http_methods(["GET", "HEAD", "POST"])
def issue(request: HttpRequest, pk: int) -> HttpResponse:
    """Show and change an issue. One form: whatever button is pressed, what was typed is stored with it."""
    found = access.issue_for(accounts.person_of(request), pk)
    if request.method == "POST":
        return _change(request, found)
    if found.state != Issue.State.COMPOSING:
        return redirect("newsletters-desk:results", pk=pk)
    return _page(request, found, query=request.GET.get("q", "").replace("\x00", "")[:200])


def _change(request: HttpRequest, found: Issue) -> HttpResponse:
    at = timezone.now()
    typed = {name: _text(request, name) for name in ("subject", "preview_text", "intro")}
    query = _text(request, "q")[:200]
    do, _, target = request.POST.get("do", "save").partition(":")
    try:
        issues.save(found.pk, expected_version=_number(request.POST.get("version", "")), at=at, **typed)
        _act(found.pk, do, _number(target), at)
    except issues.Refused as error:
        # What was typed stands in the fields again, whatever the reason was.
        found.refresh_from_db()
        for name, value in typed.items():
            setattr(found, name, value)
        status = 409 if isinstance(error, issues.Late) else 422
        return _page(request, found, query=query, refused=error.message, status=status)
    if do == "check":
        return redirect("newsletters-desk:issue-send", pk=found.pk)
    if do == "see":
        return redirect("newsletters-desk:letter", pk=found.pk)
    if do == "save":
        messages.success(request, "Saved.")
    back = reverse("newsletters-desk:issue", kwargs={"pk": found.pk})
    if query:
        back += "?" + urlencode({"q": query})
    anchors = {"search": "#pick", "pick": "#pick", "up": "#stories", "down": "#stories", "drop": "#stories"}
    return redirect(back + anchors.get(do, ""))


def _act(issue_id: int, do: str, story_id: int, at: Any) -> None:
    if do == "pick":
        issues.pick(issue_id, story_id, at=at)
    elif do == "drop":
        issues.drop(issue_id, story_id, at=at)
    elif do in ("up", "down"):
        issues.move(issue_id, story_id, -1 if do == "up" else 1, at=at)
    elif do in IssueStory.Shape.values:
        issues.shape(issue_id, story_id, do, at=at)


def _page(request: HttpRequest, found: Issue, *, query: str = "", refused: str = "", status: int = 200) -> HttpResponse:
    at = timezone.now()
    places = list(found.places.select_related("story__section", "story__published_revision"))
    context = {
        "issue": found,
        "places": places,
        "candidates": issues.candidates(found, query, at=at),
        "query": query,
        "refused": refused,
    }
    return render(request, "desk/newsletters/issue.html", context, status=status)


@accounts.require(*access.ROLES)
@require_safe
def letter(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the letter inside the desk, as a phone, a desktop or a text reader shows it."""
    found = access.issue_for(accounts.person_of(request), pk)
    look = request.GET.get("as", "desktop")
    if look not in LOOKS:
        look = "desktop"
    context = {"issue": found, "look": look, "looks": LOOKS, "text": _parts(found)[1] if look == "text" else ""}
    return framing(render(request, "desk/newsletters/letter.html", context))


@accounts.require(*access.ROLES)
@require_safe
def part(request: HttpRequest, pk: int, part: str) -> HttpResponse:
    """The letter itself, for the frame on the page above: no script runs in it and nothing in it can be sent."""
    found = access.issue_for(accounts.person_of(request), pk)
    if part not in ("html", "text"):
        raise Http404
    html, text = _parts(found)
    if part == "text":
        return HttpResponse(text, content_type="text/plain; charset=utf-8")
    response = HttpResponse(html)
    response.csp = {  # type: ignore[attr-defined]  # mail has its styles inline, and only here
        "style-src": "'unsafe-inline'",
        "script-src": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'self'",
        "sandbox": SANDBOX,
    }
    response["X-Frame-Options"] = "SAMEORIGIN"
    return response


def framing(response: HttpResponse) -> HttpResponse:
    """Let a page of the desk hold the letter's frame."""
    response.csp = {"frame-src": "'self'"}  # type: ignore[attr-defined]
    return response


def _parts(found: Issue) -> tuple[str, str]:
    """The frozen letter, or the one that would be sent now; its leaving links lead nowhere."""
    if found.frozen_at:
        html, text = found.frozen_html, found.frozen_text
    else:
        composed = composition.compose(found, at=timezone.now())
        html, text = composed.html, composed.text
    return html.replace(message.leave_url(), "#"), text.replace(message.TOKEN_HERE, "…")


def _text(request: HttpRequest, name: str) -> str:
    return request.POST.get(name, "").replace("\x00", "")


def _number(text: str) -> int:
    """The number in a field of ours; anything else is 0, which no row has."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0

"""The reader's form for a mistake: a page like any other, kept and without a cookie, and the one address that it sends to."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from articles import complaining
from articles.complaining import LONGEST
from articles.reader import furniture, leading
from articles.refusals import Refused
from newsroom.limits import client_network, from_here
from newsroom.pagecache import keep

TRAP = "website"  # a field that people do not see; robots fill in everything


@require_safe
def complain(request: HttpRequest) -> HttpResponse:
    """The form, about no particular story."""
    return _kept(request, "form", _context())


@require_safe
def complain_about(request: HttpRequest, section: str, slug: str) -> HttpResponse:
    """The form about one story; under an earlier address of it, where it is now. Of a withdrawn one nothing is said but
    the address that the reader had.

    Raises:
        Http404: readers have not seen such a story, or may not see it now.
    """
    page, at = f"/{section}/{slug}/", timezone.now()
    story = leading.story(request, section, slug, at, before="/complaints")
    if isinstance(story, HttpResponse):
        return story
    revision = story.published_revision if story.shown_at(at) else None
    context = _context(values={"page": page}, headline=revision.headline if revision else "", about=True)
    return _kept(request, "form", context, f"story:{story.pk}")


@require_safe
def thanks(request: HttpRequest) -> HttpResponse:
    """Where every complaint leads, a robot's as well."""
    return _kept(request, "thanks", _context())


@csrf_exempt  # no cookie and no token: where the form comes from is asked instead
@require_POST
def send(request: HttpRequest) -> HttpResponse:
    """Take the form. Anything but a slip in it is answered the same."""
    values = {name: request.POST.get(name, "")[: longest * 4] for name, longest in LONGEST.items()}
    if not from_here(request):
        words = "Your browser did not say that the form is ours. Send it again from this page."
        return _again(request, values, {"": words}, HTTPStatus.FORBIDDEN)
    asked = complaining.Asked(**values, trapped=bool(request.POST.get(TRAP)))
    try:
        complaining.receive(asked, network=client_network(request), at=timezone.now())
    except Refused as refused:
        return _again(request, values, refused.messages, HTTPStatus.UNPROCESSABLE_ENTITY)
    response = redirect("reader:complaint-thanks")
    response.status_code = HTTPStatus.SEE_OTHER
    response["Cache-Control"] = "no-store"
    return response


def _kept(request: HttpRequest, name: str, context: dict[str, Any], *tags: str) -> HttpResponse:
    """A page that is the same for everybody; the menu of sections stands on it."""
    response = render(request, f"reader/complaints/{name}.html", context, using="public")
    return keep(response, {"publication", *tags, *(f"section:{one.id}" for one in context["sections"])})


def _again(request: HttpRequest, values: dict[str, str], errors: dict[str, str], status: int) -> HttpResponse:
    values = {name: value.replace("\x00", "") for name, value in values.items()}
    context = _context(values=values, errors=errors, whole=errors.get("", ""))
    response = render(request, "reader/complaints/form.html", context, status=status, using="public")
    response["Cache-Control"] = "no-store"
    # Not no-referrer: under it browsers send "Origin: null" with the form, and it could not be sent again.
    response["Referrer-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex"
    return response


def _context(values: dict[str, str] | None = None, **more: Any) -> dict[str, Any]:
    return {
        "values": values or {},
        "longest": LONGEST,
        "due_days": complaining.DUE.days,
        "kept_days": complaining.CONTACT_KEPT.days,
        "sections": furniture.menu(),
        **more,
    }

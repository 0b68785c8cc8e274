"""Bringing pictures in: several files at once, each with its own answer."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from media_assets import access, ingest, inspection
from media_assets import library as rules
from media_assets.desk.forms import Details
from media_assets.models import Agency, Asset
from newsroom import accounts
from newsroom.accounts.doors import wants_data
from newsroom.accounts.models import Person

AT_ONCE = 100  # Django's own limit for files in one request
WAITING = 12


@dataclass(frozen=True)
class Line:
    """What became of one file."""

    name: str
    message: str
    state: str
    asset: Asset | None = None


def _take(person: Person, file: ingest.Upload) -> Line:
    name = file.name or "picture"
    try:
        asset = ingest.receive(file, person=person, at=timezone.now())
    except ingest.Duplicate as duplicate:
        return Line(name, duplicate.message, "warn", duplicate.asset)
    except ingest.Refused as refused:
        return Line(name, refused.message, "stop")
    except OSError:
        return Line(name, "The picture store did not answer or is full. Nothing was kept; try again later.", "stop")
    return Line(name, "Added. It needs a credit and an alternative text.", "fine", asset)


def waiting(person: Person) -> list[Details]:
    """The forms of pictures that lack credit or text and that this person may complete, the newest first."""
    found = Asset.objects.filter(withdrawn_at=None)
    found = found.filter(credit="") | found.filter(alternative_text="")
    if not access.may(person, "change"):
        found = found.filter(added_by=person)
    assets = rules.load(found.order_by("-added_at", "-pk").values_list("pk", flat=True)[:WAITING], found=True)
    agencies = list(Agency.objects.all()) if assets else []
    return [Details(asset=assets[pk], agencies=agencies) for pk in sorted(assets, reverse=True)]


@accounts.require(*access.UPLOAD)
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """Take files in. A script sends them one by one and gets JSON; the form sends many and gets the page."""
    person = accounts.person_of(request)
    lines: list[Line] = []
    error = ""
    if request.method == "POST":
        files = request.FILES.getlist("files")
        lines = [_take(person, file) for file in files]
        error = "" if files else "Choose one or more pictures first."
        if wants_data(request):
            return _json(request, lines, error)
    context = {
        "lines": lines,
        "error": error,
        "waiting": waiting(person),
        "at_once": AT_ONCE,
        "largest": inspection.MAX_BYTES // 1_000_000,
    }
    status = 422 if error or (lines and all(line.state == "stop" for line in lines)) else 200
    return render(request, "desk/pictures/upload.html", context, status=status)


def _json(request: HttpRequest, lines: list[Line], error: str) -> JsonResponse:
    if error:
        return JsonResponse({"error": error}, status=422)
    answers = []
    for line in lines:
        fresh = (
            rules.load([line.asset.pk], found=True).get(line.asset.pk) if line.asset and line.state == "fine" else None
        )
        form = Details(asset=fresh) if fresh else None
        answers.append(
            {
                "name": line.name,
                "state": line.state,
                "message": line.message,
                "url": reverse("media-desk:asset", args=[line.asset.pk]) if line.asset else "",
                "form": render_to_string("desk/pictures/_waiting.html", {"form": form}, request) if form else "",
            }
        )
    return JsonResponse({"files": answers})

"""Bringing pictures in: many files at once, each with its own answer."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from media_assets import access, alike, categories, ingest, inspection, likeness, storage
from media_assets import library as rules
from media_assets.desk.forms import EVENT, Details
from media_assets.models import Agency, Asset, Standing
from newsroom import accounts
from newsroom.accounts.doors import wants_data
from newsroom.accounts.models import Person

AT_ONCE = 100  # Django's own limit for files in one request
WAITING = 12


class Shared(forms.Form):
    """What is said once for all files that come together; empty: what each file says."""

    credit = forms.CharField(label="Credit", max_length=200, required=False)
    agency = forms.ModelChoiceField(
        Agency.objects.all(), label="Agency", required=False, empty_label="As the file says", blank=True
    )
    event = forms.CharField(label="Event", max_length=200, required=False, help_text=EVENT)
    category = forms.ChoiceField(
        label="Kind of picture",
        choices=[("", "Say it later"), *((one.name, one.label) for one in categories.CATEGORIES)],
        required=False,
        help_text="What must be known of them, and where they may go, follows from it.",
        error_messages={"invalid_choice": "Choose one of these."},
    )
    batch = forms.UUIDField(required=False, widget=forms.HiddenInput)


@dataclass(frozen=True)
class Line:
    """What became of one file."""

    name: str
    message: str
    state: str
    asset: Asset | None = None
    twins: list[alike.Twin] | None = None


def _take(person: Person, file: ingest.Upload, shared: ingest.Shared, batch: uuid.UUID) -> Line:
    name, at = file.name or "picture", timezone.now()
    try:
        asset = ingest.receive(file, person=person, at=at, shared=shared, batch=batch)
    except ingest.Duplicate as duplicate:
        known = rules.load([duplicate.asset.pk])[duplicate.asset.pk]
        return Line(name, f"{duplicate.message} {alike.standing(known, at)}", "warn", duplicate.asset)
    except ingest.Refused as refused:
        return Line(name, refused.message, "stop")
    except storage.Away as away:
        return Line(name, f"{away} Nothing was kept; try again later.", "stop")
    except OSError:
        return Line(name, "The picture store did not answer or is full. Nothing was kept; try again later.", "stop")
    likeness.look(asset.pk, at=at)
    twins = alike.of([asset.pk], at=at)[asset.pk]
    if twins:
        return Line(name, f"Added. It looks like a picture that is here already. {twins[0].said}", "warn", asset, twins)
    lacks = "an alternative text" if asset.credit else "a credit and an alternative text"
    return Line(name, f"Added. It needs {lacks}.", "fine", asset)


def waiting(person: Person) -> list[Details]:
    """The forms of pictures that lack credit or text and that this person may complete, the newest first."""
    found = Asset.objects.filter(standing=Standing.INCOMPLETE)
    found = found.filter(credit="") | found.filter(alternative_text="")
    if not access.may(person, "change"):
        found = found.filter(added_by=person)
    assets = rules.load(found.order_by("-added_at", "-pk").values_list("pk", flat=True)[:WAITING], found=True)
    agencies = list(Agency.objects.all()) if assets else []
    twins = alike.of(assets, at=timezone.now()) if assets else {}
    forms_ = [Details(asset=assets[pk], agencies=agencies) for pk in sorted(assets, reverse=True)]
    for form in forms_:
        form.twins = twins[form.asset.pk]
    return forms_


@accounts.require(*access.UPLOAD)
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """Take files in. A script sends them one by one and gets JSON; the form sends many and gets the page."""
    person = accounts.person_of(request)
    lines: list[Line] = []
    error = ""
    form = Shared(request.POST if request.method == "POST" else None, auto_id="all_%s")
    batch = uuid.uuid4()
    if request.method == "POST":
        files = request.FILES.getlist("files")
        if not form.is_valid():
            error = "Nothing was taken in: mend the fields for all files first." if files else ""
        elif not files:
            error = "Choose one or more pictures first."
        else:
            data = form.cleaned_data
            batch = data["batch"] or batch
            shared = ingest.Shared(
                credit=data["credit"], agency=data["agency"], event=data["event"], category=data["category"]
            )
            lines = [_take(person, file, shared, batch) for file in files]
        if wants_data(request):
            return _json(request, lines, error or " ".join(str(one) for many in form.errors.values() for one in many))
    if not form.is_bound or lines:  # what is said for all stays for the next files
        kept = {name: form[name].value() for name in ("credit", "agency", "event", "category")} if lines else {}
        form = Shared(initial={**kept, "batch": batch.hex}, auto_id="all_%s")
    context = {
        "lines": lines,
        "error": error,
        "form": form,
        "batch": batch.hex,
        "came": any(line.asset and (line.state == "fine" or line.twins) for line in lines),
        "waiting": waiting(person),
        "at_once": AT_ONCE,
        "largest": inspection.MAX_BYTES // 1_000_000,
    }
    status = 422 if error or form.errors or (lines and all(line.state == "stop" for line in lines)) else 200
    return render(request, "desk/pictures/upload.html", context, status=status)


def _json(request: HttpRequest, lines: list[Line], error: str) -> JsonResponse:
    if error:
        return JsonResponse({"error": error}, status=422)
    answers: list[dict[str, Any]] = []
    for line in lines:
        new = line.asset if line.state == "fine" or line.twins else None
        fresh = rules.load([new.pk], found=True).get(new.pk) if new else None
        form = Details(asset=fresh) if fresh else None
        if form is not None:
            form.twins = line.twins or []
        answers.append(
            {
                "name": line.name,
                "state": line.state,
                "message": line.message,
                "url": reverse("media-desk:asset", args=[line.asset.pk]) if line.asset else "",
                "id": line.asset.pk if line.asset else None,
                "new": bool(fresh),
                "form": render_to_string("desk/pictures/_waiting.html", {"form": form}, request) if form else "",
            }
        )
    return JsonResponse({"files": answers})


def fill_address(batch: str, **more: Any) -> str:
    """The address that leads through the pictures of a batch that still lack something."""
    return f"{reverse('media-desk:fill')}?{urlencode({'batch': batch, **more} if batch else more)}"

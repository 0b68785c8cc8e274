"""What people change about a picture: words, rights, withdrawal."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from media_assets import access, rights, standing, withdrawal
from media_assets import details as rules
from media_assets.desk.asset import page
from media_assets.desk.forms import Details, LetThrough, Right, Withdraw
from media_assets.ingest import Refused
from media_assets.models import Asset, Use
from newsroom import accounts
from newsroom.accounts.doors import wants_data
from newsroom.accounts.models import Person


@accounts.require(*access.SEE)
@require_POST
def details(request: HttpRequest, pk: int) -> HttpResponse:
    """Store credit and words, and the first right where the form asked for it."""
    person = accounts.person_of(request)
    asset = access.asset_for(person, pk)
    if not access.may_change(person, asset):
        raise PermissionDenied("Your roles do not change this picture.")
    form = Details(request.POST, asset=asset)
    if not form.is_valid():
        return _refused(request, person, asset, form)
    data, at = form.cleaned_data, timezone.now()
    words = rules.Words(**{field: data[field] for field in rules.FIELDS})
    try:
        rules.change(
            pk,
            person=person,
            expected_version=data["version"],
            words=words,
            agency=data["agency"],
            right=rules.FirstRight(data["use"], data["ends_at"]) if form.asks_rights else None,
            at=at,
        )
    except (Refused, rights.Refused) as refused:
        form.add_error(refused.field if refused.field in form.fields else None, refused.message)
        return _refused(request, person, asset, form)
    except rules.Stale:
        # What was typed stays in the fields; the version that came with them is now the present one.
        form = Details({**request.POST.dict(), "version": asset.version}, asset=asset)
        form.is_valid()
        alarm = "Somebody else changed this picture meanwhile. What you typed is kept below; save again to put it over theirs."
        return page(request, person, access.asset_for(person, pk), status=409, details=form, alarm=alarm)
    if wants_data(request):
        return _chosen(access.asset_for(person, pk), at)
    messages.success(request, f"Saved. It is credited as (Image credit: {words.credit.strip()}).")
    return redirect("media-desk:upload") if request.POST.get("next") == "upload" else redirect("media-desk:asset", pk)


def _refused(request: HttpRequest, person: Person, asset: Asset, form: Details) -> HttpResponse:
    """The page with the form and its errors; for a script the form alone."""
    if wants_data(request):
        return JsonResponse(
            {"form": render_to_string("desk/pictures/_waiting.html", {"form": form}, request)}, status=422
        )
    return page(request, person, asset, status=422, details=form)


def _chosen(asset: Asset, at: datetime) -> JsonResponse:
    """The picture as a picker's row."""
    return JsonResponse(
        {
            "id": asset.pk,
            "title": asset.title[:160],
            "meta": asset.printed_credit,
            "thumb": reverse("media-desk:preview", args=[asset.pk]),
            "values": {"caption": asset.caption, "alternative_text": asset.alternative_text},
            "barred": rights.usability(asset, Use.WEB, at).sentence,
        }
    )


@accounts.require(*access.CHANGE)
@require_POST
def add_right(request: HttpRequest, pk: int) -> HttpResponse:
    """Record a permission or a denial."""
    person = accounts.person_of(request)
    asset = access.asset_for(person, pk)
    form = Right(request.POST, auto_id="right_%s")
    if form.is_valid():
        try:
            rights.add(asset, person=person, at=timezone.now(), **form.said)
            standing.settle([pk], at=timezone.now())
        except rights.Refused as refused:
            form.add_error(refused.field, refused.message)
        else:
            messages.success(request, "Recorded. Pages with this picture follow within seconds.")
            return redirect("media-desk:asset", pk)
    return page(request, person, asset, status=422, right=form)


@accounts.require(*access.CLEAR)
@require_POST
def make_exception(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the picture through in spite of one reason."""
    person = accounts.person_of(request)
    asset = access.asset_for(person, pk)
    form = LetThrough(request.POST, person=person)
    if form.is_valid():
        try:
            rights.make_exception(asset, person=person, at=timezone.now(), **form.cleaned_data)
        except rights.Refused as refused:
            form.add_error(refused.field, refused.message)
        else:
            messages.success(request, "Let through. It stands with your name wherever the picture is picked.")
            return redirect("media-desk:asset", pk)
    return page(request, person, asset, status=422, exception=form)


@accounts.require(*access.CHANGE)
@require_POST
def end_right(request: HttpRequest, pk: int, row: int) -> HttpResponse:
    """End a permission or a denial now."""
    person = accounts.person_of(request)
    asset = access.asset_for(person, pk)
    if row < 2**63 and rights.end(row, asset_id=asset.pk, person=person, at=timezone.now()):
        standing.settle([pk], at=timezone.now())
        messages.success(request, "Ended. Pages with this picture follow within seconds.")
    else:
        messages.error(request, "That row had ended already. Nothing was changed.")
    return redirect("media-desk:asset", pk)


@accounts.require(*access.WITHDRAW)
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the picture away from every reader."""
    person = accounts.person_of(request)
    asset = access.asset_for(person, pk)
    form = Withdraw(request.POST, auto_id="withdraw_%s")
    if not form.is_valid():
        return page(request, person, asset, status=422, withdraw=form)
    if withdrawal.withdraw(pk, person=person, reason=form.cleaned_data["reason"], at=timezone.now()):
        standing.settle([pk], at=timezone.now())
        messages.success(request, "Withdrawn. It leaves every page within seconds; the original is kept.")
    else:
        messages.error(request, "It was withdrawn already. Nothing was changed.")
    return redirect("media-desk:asset", pk)


@accounts.require(*access.WITHDRAW)
@require_POST
def reinstate(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a withdrawn picture back."""
    person = accounts.person_of(request)
    asset = access.asset_for(person, pk)
    try:
        if withdrawal.reinstate(asset.pk, person=person, at=timezone.now()):
            standing.settle([pk], at=timezone.now())
            messages.success(request, "Reinstated. It is shown again where its rights allow it.")
        else:
            messages.error(request, "It was not withdrawn. Nothing was changed.")
    except Refused as refused:
        messages.error(request, refused.message)
    return redirect("media-desk:asset", pk)

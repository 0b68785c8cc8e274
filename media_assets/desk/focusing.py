"""The focal point of a picture, and what each shape shows with it."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from media_assets import access, crops, making, pixels, storage
from media_assets import focus as rules
from media_assets.desk.asset import page
from media_assets.desk.forms import Focus
from media_assets.models import Asset
from newsroom import accounts, unavailable

WIDE = 320  # pixels of the desk's small pictures of crops


@accounts.require(*access.SEE)
@require_POST
def focus(request: HttpRequest, pk: int) -> HttpResponse:
    """Store the focal point, or take a person's back."""
    person = accounts.person_of(request)
    asset = access.asset_for(person, pk)
    if not access.may_change(person, asset):
        raise PermissionDenied("Your roles do not change this picture.")
    if "forget" in request.POST:
        rules.forget(pk, person=person, at=timezone.now())
        messages.success(request, "Taken back. The faces in it are looked for again.")
        return redirect("media-desk:asset", pk)
    form = Focus(request.POST, auto_id="focus_%s")
    if not form.is_valid():
        return page(request, person, asset, status=422, focus=form)
    rules.point(pk, person=person, x=form.cleaned_data["x"], y=form.cleaned_data["y"], at=timezone.now())
    messages.success(request, "Saved. Lists and other sites show the new crops within seconds.")
    return redirect("media-desk:asset", pk)


@accounts.require(*access.SEE)
@require_safe
def crop(request: HttpRequest, pk: int, shape: str) -> HttpResponse:
    """A small picture of one shape around ``?x=&y=``, or around the focal point that there is. For the desk only, whatever
    the rights say."""
    asset = Asset.objects.filter(pk=pk).first() if pk < 2**63 else None
    if asset is None or shape not in crops.SHAPES:
        raise Http404("There is no such picture.")
    point = _asked(request.GET) or crops.focus(asset)
    try:
        data = pixels.part_of(making.preview(asset), crops.SHAPES[shape].box, point, WIDE)
    except FileNotFoundError:
        raise Http404("The picture's file is lost.") from None
    except storage.Away as away:
        return unavailable.mark(HttpResponse(str(away), status=503, content_type="text/plain; charset=utf-8"))
    response = HttpResponse(data, content_type="image/webp")
    # Without a point in it the address means another crop tomorrow.
    response["Cache-Control"] = "private, max-age=86400" if _asked(request.GET) else "private, no-cache"
    return response


def _asked(query: QueryDict) -> tuple[int, int] | None:
    form = Focus(query)
    return (form.cleaned_data["x"], form.cleaned_data["y"]) if form.is_valid() else None

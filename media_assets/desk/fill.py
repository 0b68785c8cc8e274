"""What still lacks a credit or an alternative text, one picture after another, from the keyboard."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from media_assets import access, alike, rights
from media_assets import details as rules
from media_assets.desk.forms import Details
from media_assets.desk.upload import fill_address
from media_assets.ingest import Refused
from media_assets.library import Asked, load
from media_assets.models import Asset
from newsroom import accounts
from newsroom.accounts.models import Person
from newsroom.deskui.keys import Key

COUNTED = 1_000
KEYS = [Key("Ctrl Enter", "Save and go to the next picture")]


@accounts.require(*access.UPLOAD)
@require_http_methods(["GET", "HEAD", "POST"])
def fill(request: HttpRequest) -> HttpResponse:
    """Show the next picture that lacks something: of ``batch``, or of all that this person may complete, those after the
    picture ``after`` first. A POST saves and goes on."""
    person = accounts.person_of(request)
    batch = Asked.read(request.GET).batch
    after = Asked.read({"agency": request.GET.get("after")}).agency or 0
    if request.method == "POST":
        return _save(request, person, batch)
    pk = _next(person, batch, after)
    form = Details(asset=load([pk], found=True)[pk]) if pk is not None else None
    return _page(request, person, batch, form)


def _lacking(person: Person, batch: str) -> list[int]:
    """The pictures that lack something: a batch by the names of its files, as the camera counted them (several come in
    at once, in any order), all others the oldest first."""
    found = Asset.objects.filter(withdrawn_at=None)
    found = found.filter(credit="") | found.filter(alternative_text="")
    if batch:
        found = found.filter(batch=batch)
    else:
        found = found.filter(standing="incomplete")
    if not access.may(person, "change"):
        found = found.filter(added_by=person)
    order = ("original_name", "pk") if batch else ("added_at", "pk")
    return list(found.order_by(*order).values_list("pk", flat=True)[: COUNTED + 1])


def _next(person: Person, batch: str, after: int) -> int | None:
    lacking = _lacking(person, batch)
    if after in lacking:
        lacking = lacking[lacking.index(after) + 1 :] + lacking[: lacking.index(after)]
    return lacking[0] if lacking else None


def _page(
    request: HttpRequest, person: Person, batch: str, form: Details | None, *, alarm: str = "", status: int = 200
) -> HttpResponse:
    left = len(_lacking(person, batch))
    if form is not None:
        form.twins = alike.of([form.asset.pk], at=timezone.now())[form.asset.pk]
    context = {
        "form": form,
        "alarm": alarm,
        "left": min(left, COUNTED),
        "more": left > COUNTED,
        "of": Asset.objects.filter(batch=batch).count() if batch else None,
        "here": fill_address(batch),
        "skip": fill_address(batch, after=form.asset.pk) if form and left > 1 else "",
        "batch": batch,
        "page_keys": KEYS,
    }
    return render(request, "desk/pictures/fill.html", context, status=status)


def _save(request: HttpRequest, person: Person, batch: str) -> HttpResponse:
    number = Asked.read({"agency": request.POST.get("asset")}).agency or 0
    asset = access.asset_for(person, number)
    if not access.may_change(person, asset):
        messages.error(request, "Somebody else has completed this picture meanwhile.")
        return redirect(fill_address(batch, after=number))
    form = Details(request.POST, asset=asset)
    if not form.is_valid():
        return _page(request, person, batch, form, status=422)
    data, at = form.cleaned_data, timezone.now()
    try:
        rules.change(
            number,
            person=person,
            expected_version=data["version"],
            words=rules.Words(**{field: data[field] for field in rules.FIELDS}),
            agency=data["agency"],
            right=rules.FirstRight(data["use"], data["ends_at"]) if form.asks_rights else None,
            at=at,
        )
    except (Refused, rights.Refused) as refused:
        form.add_error(refused.field if refused.field in form.fields else None, refused.message)
        return _page(request, person, batch, form, status=422)
    except rules.Stale as stale:
        form = Details({**request.POST.dict(), "version": stale.theirs.version}, asset=access.asset_for(person, number))
        form.is_valid()
        alarm = (
            "Somebody else changed this picture meanwhile. What you typed is kept; save again to put it over theirs."
        )
        return _page(request, person, batch, form, alarm=alarm, status=409)
    return redirect(fill_address(batch, after=number))

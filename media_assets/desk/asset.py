"""One picture: what it is, whose, where it may go and where it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms as django_forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from media_assets import access, alike, categories, crops, dated, making, renditions, rights, storage, usage
from media_assets.desk.forms import Details, Focus, LetThrough, Right, Withdraw
from media_assets.desk.library import card
from media_assets.models import Asset, SourceType, Use
from media_assets.models.source_type import meant
from newsroom import accounts, unavailable
from newsroom.accounts.models import Person

FIELDS = {
    "credit": "Credit",
    "creator": "Creator",
    "copyright_notice": "Copyright notice",
    "source": "Source",
    "title": "Title",
    "headline": "Headline",
    "caption": "Description",
    "instructions": "Instructions",
    "job_id": "Job number",
    "date_created": "Date created",
    "usage_terms": "Usage terms",
    "licence_page": "Where the licence stands",
    "buying_page": "Where it can be bought",
    "supplier_id": "Supplier’s number",
    "call_for_image": "To be asked for",
    "exclusive_coverage": "Exclusive coverage",
    "alternative_text": "Alternative text",
    "people": "People shown",
    "event": "Event",
    "digital_source_type": "Digital source type",
    "data_mining": "Data mining",
}


@dataclass(frozen=True)
class Found:
    """One thing that came with a picture. ``cut``: there was room for no more of it."""

    name: str
    value: str
    origin: str
    cut: bool


def came_with(asset: Asset) -> list[Found]:
    """What its file, and the agency that sent it, say of ``asset``; dates and terms as people read them."""
    found = []
    for field, name in FIELDS.items():
        if said := asset.found.get(field):
            value = said["value"]
            if field == "date_created":
                value = dated.words(value)
            elif field == "digital_source_type":
                value = SourceType(known).label if (known := meant(value)) else value
            found.append(Found(name, value, said["from"], said.get("cut") == "yes"))
    return found


@accounts.require(*access.SEE)
@require_safe
def asset(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one picture."""
    person = accounts.person_of(request)
    return page(request, person, access.asset_for(person, pk))


def page(
    request: HttpRequest, person: Person, found: Asset, *, status: int = 200, **bound: django_forms.Form | str
) -> HttpResponse:
    """Draw the page, with forms that come back with errors in place of fresh ones."""
    at = timezone.now()
    may_change = access.may_change(person, found)
    point = crops.focus(found)
    uses = [(use, rights.usability(found, use, at)) for use in Use.exits()]
    context: dict[str, Any] = {
        "asset": found,
        "card": card(found, at),
        "uses": uses,
        # That nobody has said its kind stands where it can be said.
        "cautions": list(
            dict.fromkeys(one for _, usable in uses for one in usable.warnings if one.name != "no-category")
        ),
        "kind": (kind := categories.named(found.category)),
        "kind_facts": [(fact.label, found.category_facts.get(fact.name)) for fact in kind.asks] if kind else [],
        "exception": bound.get("exception") or (LetThrough(person=person) if access.may(person, "clear") else None),
        "reasons": list(dict.fromkeys(reason for _, usable in uses for reason in usable.reasons)),
        "rows": [
            (row, row.in_force(at), row.ends_at is not None and row.ends_at <= at) for row in rights.rows_of(found)
        ],
        "picture": renditions.picture(found),
        "files": renditions.current(found),
        "used": usage.of([found.pk], person=person, at=at)[found.pk],
        "departure": found.departures.first(),
        "shown": usage.shown(found.pk, person=person, at=at),
        "found": came_with(found),
        "twins": alike.of([found.pk], at=at)[found.pk],
        "may_decide": access.may(person, "upload"),
        "may_change": may_change,
        "may_rights": access.may(person, "change"),
        "may_withdraw": access.may(person, "withdraw"),
        "crops": [(shape, crops.height(shape, 320)) for shape in crops.SHAPES.values()],
        "point": point,
        "focus": bound.get("focus") or Focus(auto_id="focus_%s", initial={"x": point[0], "y": point[1]}),
        "details": bound.get("details") or (Details(asset=found) if may_change else None),
        "right": bound.get("right") or Right(auto_id="right_%s"),
        "withdraw": bound.get("withdraw") or Withdraw(auto_id="withdraw_%s"),
        "alarm": bound.get("alarm", ""),
        "open": next(iter(bound), ""),
    }
    return render(request, "desk/pictures/asset.html", context, status=status)


@accounts.require(*access.SEE)
@require_safe
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """The small picture that the desk shows, whatever the rights say. For people who are signed in only."""
    found = Asset.objects.filter(pk=pk).only("sha256", "original_format").first() if pk < 2**63 else None
    if found is None:
        raise Http404("There is no such picture.")
    tag = f'"{found.sha256}"'
    if tag in request.headers.get("If-None-Match", ""):
        response = HttpResponse(status=304)
    else:
        try:
            data = making.preview(found)
        except FileNotFoundError:
            raise Http404("The picture's file is lost.") from None
        except storage.Away as away:
            return unavailable.mark(HttpResponse(str(away), status=503, content_type="text/plain; charset=utf-8"))
        response = HttpResponse(data, content_type="image/webp")
    # An asset's pixels never change, so its number is address enough; private, because drafts are.
    response["Cache-Control"] = "private, max-age=86400"
    response["ETag"] = tag
    return response

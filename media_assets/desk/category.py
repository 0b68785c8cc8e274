"""Saying what kind of picture it is: a list to choose from, each kind with what must be known for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms.boundfield import BoundField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from media_assets import access, categories, categorising
from media_assets.categories import Category
from media_assets.inspection import Refused
from media_assets.models import Asset
from newsroom import accounts


@dataclass(frozen=True)
class Offered:
    """One kind on the page."""

    category: Category
    chosen: bool
    fields: list[BoundField]


class Kind(forms.Form):
    """The kind, and beside it the facts of every kind on offer; those of the others are not looked at."""

    category = forms.ChoiceField(
        choices=[(one.name, one.label) for one in categories.CATEGORIES],
        error_messages={"required": "Choose what kind of picture it is.", "invalid_choice": "Choose one of these."},
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, asset: Asset) -> None:
        super().__init__(data, initial={"category": asset.category}, auto_id="kind_%s")
        for one in categories.CATEGORIES:
            for fact in one.asks:
                field = (
                    forms.ChoiceField(choices=[("", "Choose one"), *((each, each) for each in fact.choices)])
                    if fact.choices
                    else forms.CharField(max_length=categorising.LONGEST)
                )
                field.label, field.help_text, field.required = fact.label, fact.help, False
                field.depends = True  # type: ignore[union-attr]  # needed where its kind is chosen
                field.initial = asset.category_facts.get(fact.name, "")
                self.fields[f"{one.name}-{fact.name}"] = field

    def offered(self) -> Iterator[Offered]:
        chosen = self["category"].value()
        for one in categories.CATEGORIES:
            yield Offered(one, one.name == chosen, [self[f"{one.name}-{fact.name}"] for fact in one.asks])

    def facts(self) -> dict[str, str]:
        """What was said for the chosen kind."""
        kind = categories.named(self.cleaned_data["category"])
        return {fact.name: self.cleaned_data[f"{kind.name}-{fact.name}"] for fact in kind.asks} if kind else {}


@accounts.require(*access.SEE)
@require_http_methods(["GET", "HEAD", "POST"])
def category(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what kind of picture it is: the desk's own always, who brought it while it lacks something."""
    person = accounts.person_of(request)
    asset = access.asset_for(person, pk)
    if not access.may_change(person, asset):
        raise PermissionDenied("Your roles do not change this picture.")
    form = Kind(request.POST if request.method == "POST" else None, asset=asset)
    if request.method != "POST":
        return render(request, "desk/pictures/category.html", {"asset": asset, "form": form})
    if form.is_valid():
        name = form.cleaned_data["category"]
        try:
            categorising.categorise(pk, category=name, facts=form.facts(), person=person, at=timezone.now())
        except Refused as refused:
            form.add_error(refused.field if refused.field == "category" else f"{name}-{refused.field}", refused.message)
        else:
            messages.success(request, "Recorded. What follows from it stands under “Where it may be used”.")
            return redirect("media-desk:asset", pk)
    return render(request, "desk/pictures/category.html", {"asset": asset, "form": form}, status=422)

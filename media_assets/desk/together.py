"""Changing many pictures together: what to change, what that would do to each, and what it did."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from media_assets import access, collecting, library
from media_assets import together as rules
from media_assets.desk.collections import numbers
from media_assets.desk.forms import ENDS, EVENT, Moment, People
from media_assets.models import Agency, Use
from newsroom import accounts

ONE = "Choose what to change first. What stays empty is left as it is."


class Together(forms.Form):
    """What to change in all of them; what is empty stays as it is."""

    credit = forms.CharField(label="Credit", max_length=200, required=False)
    agency = forms.ModelChoiceField(
        Agency.objects.all(), label="Agency", required=False, empty_label="As it is", blank=True
    )
    event = forms.CharField(label="Event", max_length=200, required=False, help_text=EVENT)
    people = People()
    right = forms.ChoiceField(
        label="Right",
        required=False,
        choices=[("", "Add none"), ("yes", "May be used"), ("no", "May not be used")],
    )
    use = forms.ChoiceField(label="Where", choices=Use.choices, initial=Use.ANY, required=False)
    starts_at = Moment(label="From", help_text="Empty: from now.")
    ends_at = Moment(label="Until", help_text=ENDS)
    note = forms.CharField(label="Note", max_length=300, required=False, help_text="A denial needs one.")
    collection = forms.TypedChoiceField(label="Add to collection", coerce=int, empty_value=None, required=False)

    def __init__(self, *given: Any, **facts: Any) -> None:
        super().__init__(*given, **facts)
        self.fields["people"].label = "People to add"
        self.names = {one.pk: one.name for one in collecting.newest()}
        self.fields["collection"].choices = [("", "None"), *self.names.items()]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        starts, ends = data.get("starts_at"), data.get("ends_at")
        if data.get("right") and starts and ends and ends <= starts:
            self.add_error("ends_at", "The end must be after the start.")
        elif data.get("right") and ends and ends <= timezone.now():
            self.add_error("ends_at", "This moment has passed. Give a later one.")
        if data.get("right") == "no" and not data.get("note"):
            self.add_error("note", "Say why it may not be used: whoever meets the gap will ask.")
        if not data.get("right") and (starts or ends or data.get("note")):
            self.add_error("right", "Say whether it may be used, or leave the fields of the right empty.")
        if not self.errors and self.change.is_empty:
            raise forms.ValidationError(ONE)
        return data

    @property
    def change(self) -> rules.Change:
        """What a form without errors asks for."""
        data = self.cleaned_data
        right = None
        if data["right"]:
            right = rules.Right(
                allowed=data["right"] == "yes",
                use=data["use"] or Use.ANY,
                starts_at=data["starts_at"],
                ends_at=data["ends_at"],
                note=data["note"],
            )
        return rules.Change(
            credit=data["credit"].strip(),
            agency=data["agency"],
            event=data["event"].strip(),
            people=tuple(data["people"]),
            right=right,
            collection=data["collection"],
            collection_name=self.names.get(data["collection"], ""),
        )


@accounts.require(*access.CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def together(request: HttpRequest) -> HttpResponse:
    """GET: the pictures and the form. POST ``step``: "choose" leads there from the grid, "preview" shows what would
    change, "apply" does it."""
    person = accounts.person_of(request)
    data = request.POST if request.method == "POST" else request.GET
    chosen = numbers(data.getlist("a"))
    step = data.get("step", "") if request.method == "POST" else ""
    if step == "choose":
        return redirect(f"{reverse('media-desk:together')}?{urlencode({'a': chosen}, doseq=True)}")
    form = Together(request.POST if step else None, auto_id="together_%s")
    lines: list[rules.Line] = []
    done = False
    if step and form.is_valid() and chosen:
        if step == "apply":
            versions = dict(zip(chosen, _versions(request, chosen), strict=True))
            lines = rules.apply(versions, form.change, person=person, at=timezone.now())
            done = True
        else:
            lines = rules.preview(chosen, form.change, person=person)
    # What is pressed after a look is what was looked at, whatever has been typed into the form since.
    looked_at = Together(request.POST, auto_id=False) if lines and not done else None
    loaded = library.load(chosen)
    context = {
        "assets": [loaded[pk] for pk in chosen if pk in loaded],
        "form": form,
        "lines": lines,
        "looked_at": looked_at,
        "done": done,
        "changing": sum(1 for line in lines if line.changes and not line.refused),
        "refused": sum(1 for line in lines if line.refused),
        "as_it_was": sum(1 for line in lines if not line.changes and not line.refused),
        "most": rules.MOST,
    }
    return render(request, "desk/pictures/together.html", context, status=422 if form.errors else 200)


def _versions(request: HttpRequest, chosen: list[int]) -> list[int]:
    """The version of each picture that the preview showed; one that was not sent is no version."""
    said = [request.POST.get(f"v{pk}", "") for pk in chosen]
    return [int(one) if one.isascii() and one.isdigit() and len(one) < 10 else -1 for one in said]

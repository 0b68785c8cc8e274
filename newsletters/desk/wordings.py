"""The wordings that readers agree to: every version kept, a new one beside it."""

from __future__ import annotations

from datetime import date

from django import forms
from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from newsletters import access, consent
from newsletters.models import ConsentReceipt, Purpose, Wording
from newsroom import accounts


class NewWording(forms.Form):
    """The next version of a wording. The rules are consent.new_wording's."""

    text = forms.CharField(
        label="What the reader agrees to",
        error_messages={"required": "Say what the reader agrees to."},
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": 300}),
    )
    companies = forms.CharField(
        label="Companies named",
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="One a line; after a comma and a space its address, if it has one: Acme Travel Ltd, https://acme.example",
    )
    list_date = forms.DateField(
        label="Date of the list",
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="Readers see it beside the link.",
    )
    seen = forms.IntegerField(min_value=0, max_value=1_000_000, widget=forms.HiddenInput())


@accounts.require(*access.ROLES)
@require_safe
def purposes(request: HttpRequest) -> HttpResponse:
    """All purposes with their newest wording."""
    found = list(Purpose.objects.prefetch_related("offered_by").select_related("newsletter"))
    newest = consent.current_wordings(purpose.pk for purpose in found)
    rows = [(purpose, newest.get(purpose.pk)) for purpose in found]
    return render(request, "desk/newsletters/wordings.html", {"rows": rows})


@accounts.require(*access.ROLES)
@require_http_methods(["GET", "HEAD", "POST"])
def wording(request: HttpRequest, slug: str) -> HttpResponse:
    """One purpose: its versions with the number of receipts of each, and a form for the next."""
    person = accounts.person_of(request)
    purpose = access.purpose_for(person, slug)
    versions = list(Wording.objects.filter(purpose=purpose).select_related("made_by").order_by("-version"))
    newest = versions[0] if versions else None
    if request.method == "POST":
        form = NewWording(request.POST)
        if form.is_valid() and _add(form, purpose, person):
            messages.success(request, "The new version is in use. Earlier ones stay with their receipts.")
            return redirect("newsletters-desk:wording", slug=slug)
    else:
        form = NewWording(initial=_initial(newest))
    receipts: dict[int, int] = dict(
        ConsentReceipt.objects.filter(purpose=purpose, act=ConsentReceipt.Act.GRANT)
        .values_list("wording_id")
        .annotate(number=Count("id"))
        .order_by()
    )
    context = {
        "purpose": purpose,
        "form": form,
        "versions": [(version, receipts.get(version.pk, 0)) for version in versions],
    }
    return render(request, "desk/newsletters/wording.html", context, status=422 if form.errors else 200)


def _add(form: NewWording, purpose: Purpose, person: object) -> bool:
    data = form.cleaned_data
    try:
        consent.new_wording(
            purpose,
            text=data["text"],
            companies=data["companies"],
            list_date=data["list_date"],
            person=person,
            at=timezone.now(),
            seen_version=data["seen"],
        )
    except consent.WordingRefused as error:
        for name, sentence in error.messages.items():
            form.add_error(name or None, sentence)
        return False
    return True


def _initial(newest: Wording | None) -> dict[str, object]:
    today: date = timezone.localdate()
    if newest is None:
        return {"list_date": today, "seen": 0}
    lines = [", ".join(filter(None, (row["name"], row["address"]))) for row in newest.companies]
    return {"text": newest.text, "companies": "\n".join(lines), "list_date": today, "seen": newest.version}

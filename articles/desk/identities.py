"""Who a confidential source is: one page a source, for the few who are named on it (promise 12)."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_POST, require_safe

from articles import access, identities
from articles.desk.ledger_forms import show
from articles.models import Source
from articles.refusals import Refused
from articles.typed import whole_number
from newsroom import accounts
from newsroom.accounts import person_of
from newsroom.accounts.models import Person

# A browser that checks spelling, or fills in forms, may send what is typed elsewhere.
_SECRET = {"autocomplete": "off", "spellcheck": "false", "autocorrect": "off", "autocapitalize": "off"}
UNPROCESSABLE = HTTPStatus.UNPROCESSABLE_ENTITY


class KeepForm(forms.Form):
    identity = forms.CharField(
        label="Who it is, and how to reach them",
        help_text="Sealed at once. It is in no search, no history, no export and no log; each reading is written down.",
        widget=forms.Textarea({"rows": 4, **_SECRET}),
        max_length=identities.LONGEST,
    )


class ReadForm(forms.Form):
    reason = forms.CharField(
        label="Why you need to know",
        help_text="It stands in the log below, and the others who may read it are told.",
        max_length=300,
    )


class LetInForm(forms.Form):
    whom = forms.ModelChoiceField(Person.objects.none(), label="Let in", empty_label="Choose")

    def __init__(self, *args: Any, source: Source, **named: Any) -> None:
        super().__init__(*args, **named)
        there = source.identity_readers.values("person")
        people = Person.objects.filter(is_active=True, roles__overlap=list(access.READERS_OF_SOURCES))
        self.fields["whom"].queryset = people.exclude(pk__in=there).order_by("name")  # type: ignore[attr-defined]


@accounts.require(*access.READERS_OF_SOURCES)
@never_cache
@require_safe
def page(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, access.source_for_reading(person_of(request), pk))


@sensitive_variables("secret")
def _page(
    request: HttpRequest,
    source: Source,
    *,
    secret: str = "",
    keeping: KeepForm | None = None,
    reading: ReadForm | None = None,
    letting: LetInForm | None = None,
) -> HttpResponse:
    person = person_of(request)
    known = identities.known(source, person)
    refused = any(form is not None for form in (keeping, reading, letting))
    context = {
        "source": source,
        "known": known,
        "secret": secret,
        "keeping": keeping or KeepForm(),
        "reading": reading or ReadForm(),
        "letting": letting or LetInForm(source=source),
        "entries": source.identity_entries.select_related("person", "whom")[:100] if known.mine else [],
        "me": person,
        "may": access.may(person),
    }
    status = UNPROCESSABLE if refused else HTTPStatus.OK
    return render(request, "desk/articles/identity.html", context, status=status)


@sensitive_post_parameters("identity")
@sensitive_variables("form")
@accounts.require(*access.WRITERS)
@never_cache
@require_POST
def keep(request: HttpRequest, pk: int) -> HttpResponse:
    person, form = person_of(request), KeepForm(request.POST)
    source = access.source_for_editing(person, pk)
    if form.is_valid():
        try:
            identities.keep(pk, person=person, secret=form.cleaned_data["identity"], at=timezone.now())
        except Refused as refused:
            show(refused, form)
        else:
            messages.success(request, "Sealed. Let somebody else in, so that it is not lost when you are away.")
            return redirect("articles-desk:identity", pk=pk)
    return _page(request, source, keeping=form)


@sensitive_variables("secret")
@accounts.require(*access.READERS_OF_SOURCES)
@never_cache
@require_POST
def read(request: HttpRequest, pk: int) -> HttpResponse:
    """Show it once, in the answer itself: there is no address at which it could be found again."""
    person, form = person_of(request), ReadForm(request.POST)
    source = access.source_for_reading(person, pk)
    if form.is_valid():
        try:
            secret = identities.read(pk, person=person, reason=form.cleaned_data["reason"], at=timezone.now())
        except Refused as refused:
            show(refused, form)
        else:
            return _page(request, source, secret=secret)
    return _page(request, source, reading=form)


@accounts.require(*access.READERS_OF_SOURCES)
@never_cache
@require_POST
def let_in(request: HttpRequest, pk: int) -> HttpResponse:
    person = person_of(request)
    source = access.source_for_reading(person, pk)
    form = LetInForm(request.POST, source=source)
    if form.is_valid():
        try:
            identities.name_reader(pk, person=person, whom=form.cleaned_data["whom"], at=timezone.now())
        except Refused as refused:
            show(refused, form)
        else:
            messages.success(request, f"{form.cleaned_data['whom'].name} may read it now.")
            return redirect("articles-desk:identity", pk=pk)
    return _page(request, source, letting=form)


@accounts.require(*access.READERS_OF_SOURCES)
@require_POST
def take_off(request: HttpRequest, pk: int) -> HttpResponse:
    person, whom = person_of(request), whole_number(request.POST.get("person", ""))
    access.source_for_reading(person, pk)
    try:
        identities.end_reader(pk, person=person, whom_id=whom or 0, at=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, "Taken off.")
    return redirect("articles-desk:identity", pk=pk)


@accounts.require(*access.READERS_OF_SOURCES)
@require_POST
def forget(request: HttpRequest, pk: int) -> HttpResponse:
    person = person_of(request)
    access.source_for_reading(person, pk)
    try:
        if not request.POST.get("sure"):
            raise Refused("Nothing was forgotten: tick that it is to be deleted for good.")
        identities.forget(pk, person=person, at=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, "Forgotten. The log of who read it stays.")
    return redirect("articles-desk:identity", pk=pk)

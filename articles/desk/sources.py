"""The sourcing ledger's pages: who said it, what they said, which stories lean on it."""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from articles import access, ledger, retractions, sources
from articles.desk.ledger_forms import QuotationForm, SourceForm, show
from articles.desk.linking import chain_of
from articles.desk.outlets import told_of
from articles.models import Identity, Quotation, Source
from articles.refusals import Refused, Stale
from articles.typed import line, whole_number
from newsroom import accounts
from newsroom.accounts import person_of

ROWS = 50
UNPROCESSABLE = HTTPStatus.UNPROCESSABLE_ENTITY


@accounts.require(*access.READERS_OF_SOURCES)
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    person = person_of(request)
    q, kind = line(request.GET.get("q", ""))[:100], request.GET.get("kind", "")
    found = sources.listing(person, q=q, kind=kind)
    page = Paginator(found, ROWS).get_page(request.GET.get("page"))
    leaning = sources.leaning_counts(source.pk for source in page)
    kinds = [("", "All"), *Source.Kind.choices]
    keep = f"{urlencode({'q': q, 'kind': kind})}&"
    context = {
        "page": page,
        "rows": [(row, leaning.get(row.pk, 0)) for row in page],
        "q": q,
        "kind": kind,
        "kinds": kinds,
        "keep": keep,
        "may": access.may(person),
    }
    return render(request, "desk/articles/sources.html", context)


@accounts.require(*access.WRITERS)
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    form = SourceForm(request.POST or None, initial={"kind": Source.Kind.NAMED})
    if request.method == "POST" and form.is_valid():
        try:
            made = sources.add(person=person_of(request), facts=form.facts, at=timezone.now())
        except Refused as refused:
            show(refused, form)
        else:
            messages.success(request, f"{made.printed} is in the ledger. Enter what they said.")
            return redirect("articles-desk:source", pk=made.pk)
    status = UNPROCESSABLE if form.is_bound else HTTPStatus.OK
    return render(request, "desk/articles/source_form.html", {"form": form}, status=status)


@accounts.require(*access.READERS_OF_SOURCES)
@require_safe
def source(request: HttpRequest, pk: int) -> HttpResponse:
    return _source_page(request, access.source_for_reading(person_of(request), pk), QuotationForm())


def _source_page(
    request: HttpRequest, found: Source, form: QuotationForm, status: HTTPStatus = HTTPStatus.OK
) -> HttpResponse:
    said = list(sources.said(found)[:100])
    context = {
        "source": found,
        "said": [{"quotation": quotation, "attribution": ledger.attribution(quotation)} for quotation in said],
        "stories": sources.leaning(found)[:100],
        "form": form,
        "states": Quotation.State.choices,
        "sealed": Identity.objects.filter(source=found).exists(),
        "may": access.may(person_of(request)),
    }
    return render(request, "desk/articles/source.html", context, status=status)


@accounts.require(*access.WRITERS)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    person = person_of(request)
    found = access.source_for_editing(person, pk)
    if request.method != "POST":
        return render(request, "desk/articles/source_form.html", {"form": SourceForm.of(found), "source": found})
    form, status = SourceForm(request.POST), UNPROCESSABLE
    expected = whole_number(request.POST.get("expected_version", ""))
    if form.is_valid():
        try:
            if expected is None:
                raise Stale("This page has lost track of its version. Copy your words, then load it again.")
            sources.change(pk, person=person, expected_version=expected, facts=form.facts, at=timezone.now())
        except Refused as refused:
            show(refused, form)
        except Stale as stale:
            form.add_error(None, str(stale))
            status = HTTPStatus.CONFLICT
        else:
            messages.success(request, "Saved. What approved stories print of it stays as it was approved.")
            return redirect("articles-desk:source", pk=pk)
    return render(request, "desk/articles/source_form.html", {"form": form, "source": found}, status=status)


@accounts.require(*access.WRITERS)
@require_POST
def add_quotation(request: HttpRequest, pk: int) -> HttpResponse:
    person = person_of(request)
    found = access.source_for_editing(person, pk)
    form = QuotationForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        try:
            ledger.add_quotation(
                person=person,
                words=given["words"],
                source_id=found.pk,
                at=timezone.now(),
                chain=chain_of(given),
                said_to=given["said_to"],
                said_on=given["said_on"],
                link=given["link"],
                archived=given["archived"],
                state=given["state"],
            )
        except Refused as refused:
            show(refused, form)
        else:
            messages.success(request, "Entered. Writers find it by two letters of its words.")
            return redirect("articles-desk:source", pk=pk)
    return _source_page(request, found, form, UNPROCESSABLE)


@accounts.require(*access.WRITERS)
@require_POST
def mark_state(request: HttpRequest, pk: int) -> HttpResponse:
    """Checked against the source, or retracted: for a single quotation."""
    quotation = Quotation.objects.filter(pk=pk).first()
    if quotation is None:
        raise Http404("There is no such quotation.")
    person, state = person_of(request), request.POST.get("state", "")
    try:
        seen = line(request.POST.get("seen", ""))
        if state == Quotation.State.CONFIRMED and seen == Quotation.State.RETRACTED:
            retractions.stands(pk, person=person, reason=request.POST.get("reason", ""), at=timezone.now())
            messages.success(request, "It stands. Whoever was told of the retraction is told.")
        elif state == Quotation.State.CONFIRMED:
            ledger.confirm(pk, person=person, seen=seen, at=timezone.now())
            messages.success(request, "Saved: checked by you, today.")
        elif state == Quotation.State.RETRACTED:
            stories = retractions.retract([pk], person=person, at=timezone.now())
            messages.success(request, told_of(stories))
        else:
            raise Refused("Choose one of the list.")
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("articles-desk:source", pk=quotation.source_id)

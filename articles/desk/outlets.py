"""Who reported it first: the outlets, and what becomes of stories when one of them takes something back."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from http import HTTPStatus

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from articles import access, ledger, retractions, sources
from articles.desk.ledger_forms import OutletForm, RetractionForm, show
from articles.models import Outlet, Story
from articles.refusals import Refused
from articles.typed import whole_number
from newsroom import accounts
from newsroom.accounts import person_of

ROWS = 50
UNPROCESSABLE = HTTPStatus.UNPROCESSABLE_ENTITY


@accounts.require(*access.READERS_OF_SOURCES)
@require_http_methods(["GET", "HEAD", "POST"])
def outlets(request: HttpRequest) -> HttpResponse:
    """The outlets that quotations came through, and a form for another one."""
    person = person_of(request)
    form = OutletForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            ledger.add_outlet(person=person, **form.cleaned_data)
        except Refused as refused:
            show(refused, form)
        else:
            messages.success(request, "The outlet is in the list.")
            return redirect("articles-desk:outlets")
    page = Paginator(Outlet.objects.order_by("name", "columnist", "pk"), ROWS).get_page(request.GET.get("page"))
    status = UNPROCESSABLE if form.is_bound else HTTPStatus.OK
    context = {"page": page, "form": form, "may": access.may(person)}
    return render(request, "desk/articles/outlets.html", context, status=status)


@accounts.require(*access.READERS_OF_SOURCES)
@require_http_methods(["GET", "HEAD", "POST"])
def outlet(request: HttpRequest, pk: int) -> HttpResponse:
    """One outlet: what came by way of it, which stories lean on that, and a form for what it took back."""
    person = person_of(request)
    found = Outlet.objects.filter(pk=pk).first()
    if found is None:
        raise Http404("There is no such outlet.")
    form = RetractionForm(request.POST if request.method == "POST" else None)
    ticked = request.POST.getlist("quotations")
    ids = [number for text in ticked if (number := whole_number(text)) is not None]
    refusal = ""
    if request.method == "POST":
        form.is_valid()
        try:
            stories = retractions.retract(
                ids if len(ids) == len(ticked) else [],
                person=person,
                at=timezone.now(),
                outlet=found,
                reason=form.cleaned_data.get("reason", ""),
                link=form.cleaned_data.get("link", ""),
            )
        except Refused as refused:
            form.errors.clear()
            show(refused, form)
            refusal = refused.messages.get("quotations", "")
        else:
            messages.success(request, told_of(stories))
            return redirect("articles-desk:outlet", pk=pk)
    return _outlet_page(request, found, form, ids, refusal)


def _outlet_page(
    request: HttpRequest, found: Outlet, form: RetractionForm, ticked: Collection[int], refusal: str
) -> HttpResponse:
    quotations = retractions.through(found)
    page = Paginator(quotations, ROWS).get_page(request.GET.get("page"))
    context = {
        "outlet": found,
        "page": page,
        "rows": [{"quotation": row, "attribution": ledger.attribution(row)} for row in page],
        "stories": sources.leaning_on(quotations)[:100],
        "retractions": found.retractions.select_related("person").prefetch_related("quotations")[:20],
        "form": form,
        "ticked": set(ticked),
        "refusal": refusal,
        "may": access.may(person_of(request)),
    }
    status = UNPROCESSABLE if form.is_bound else HTTPStatus.OK
    return render(request, "desk/articles/outlet.html", context, status=status)


def told_of(stories: Sequence[Story]) -> str:
    if not stories:
        return "Marked as retracted. No story leans on it."
    return f"Marked as retracted. {len(stories)} stor{'y leans' if len(stories) == 1 else 'ies lean'} on it; the owners are told."

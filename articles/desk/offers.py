"""What merchants ask for a product: its offers' pages."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from articles import access, ending, offering, offers, offers_waiting
from articles.desk.ledger_forms import show
from articles.desk.product_forms import OfferEditForm, OfferForm, ProductForm
from articles.desk.products import ROWS, UNPROCESSABLE, product_page
from articles.models import Offer
from articles.refusals import Refused, Stale
from articles.typed import whole_number
from newsroom import accounts
from newsroom.accounts import person_of


@accounts.require(*access.WRITERS)
@require_POST
def add(request: HttpRequest, pk: int) -> HttpResponse:
    """Another merchant's offer of a product."""
    person = person_of(request)
    product = access.product_for_editing(person, pk)
    form = OfferForm(request.POST)
    if form.is_valid():
        try:
            made = offering.add(pk, person=person, facts=form.facts, at=timezone.now())
        except Refused as refused:
            show(refused, form)
        else:
            messages.success(request, f"{made.merchant.name}’s offer is in the library. Stories can show it.")
            return redirect("articles-desk:product", pk=pk)
    return product_page(request, product, ProductForm.of(product), form, UNPROCESSABLE)


@accounts.require(*access.WRITERS)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Price, link and stock of one offer."""
    person = person_of(request)
    offer = access.offer_for_editing(person, pk)
    form, status = OfferEditForm.of(offer), HTTPStatus.OK
    if request.method == "POST":
        form, status = OfferEditForm(request.POST), UNPROCESSABLE
        expected = whole_number(request.POST.get("expected_version", ""))
        if form.is_valid():
            try:
                if expected is None:
                    raise Stale("This page has lost track of its version. Copy your words, then load it again.")
                offering.change(pk, person=person, expected_version=expected, facts=form.facts, at=timezone.now())
            except Refused as refused:
                show(refused, form)
            except Stale as stale:
                form.add_error(None, str(stale))
                status = HTTPStatus.CONFLICT
            else:
                messages.success(request, "Saved. Pages that show it take the new price with their next reader.")
                return redirect("articles-desk:product", pk=offer.product_id)
    return _offer_page(request, offer, form, status)


def _offer_page(
    request: HttpRequest, offer: Offer, form: OfferForm, status: HTTPStatus = HTTPStatus.OK, **ending: str
) -> HttpResponse:
    context = {
        "form": form,
        "offer": offer,
        "row": offers.row(offer, timezone.now()),
        "stories": offers_waiting.seen_in([offer.pk]).get(offer.pk, []),
        "prices": [
            (offers.money(kept.price, kept.currency), kept) for kept in offer.prices.select_related("person")[:50]
        ],
        **ending,
    }
    return render(request, "desk/articles/offer_form.html", context, status=status)


@accounts.require(*access.READERS_OF_DRAFTS)
@require_safe
def waiting(request: HttpRequest) -> HttpResponse:
    """Offers that need a person: what readers see first. ``?merchant=`` for one merchant's."""
    at = timezone.now()
    found, merchant = offers_waiting.waiting(at), whole_number(request.GET.get("merchant", ""))
    if merchant is not None:
        found = found.filter(merchant=merchant)
    page = Paginator(found, ROWS).get_page(request.GET.get("page"))
    seen = offers_waiting.seen_in([offer.pk for offer in page])
    context = {
        "page": page,
        "keep": f"merchant={merchant}&" if merchant is not None else "",
        "rows": [
            {
                "row": offers.row(offer, at),
                "why": offers_waiting.why(offer, at),
                "stories": seen.get(offer.pk, [])[: offers_waiting.NAMED],
                "more": max(0, len(seen.get(offer.pk, [])) - offers_waiting.NAMED),
            }
            for offer in page
        ],
        "may": access.may(person_of(request)),
    }
    return render(request, "desk/articles/offers_waiting.html", context)


@accounts.require(*access.WRITERS)
@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that it is sold there no longer."""
    person = person_of(request)
    offer, note = access.offer_for_editing(person, pk), request.POST.get("note", "")
    try:
        ending.end(pk, person=person, note=note, at=timezone.now())
    except Refused as refused:
        form = OfferEditForm.of(offer)
        said = refused.messages
        return _offer_page(
            request, offer, form, UNPROCESSABLE, note=note, note_error=said.get("note", ""), refused=said.get("", "")
        )
    messages.success(request, f"{offer.merchant.name}’s offer has ended. Pages that show it say so.")
    return _back(request, offer)


@accounts.require(*access.WRITERS)
@require_POST
def begin_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that it is sold there again."""
    person = person_of(request)
    offer = access.offer_for_editing(person, pk)
    try:
        ending.begin_again(pk, person=person, at=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"{offer.merchant.name} sells it again. Check its price and its link.")
    return redirect("articles-desk:offer", pk=pk)


def _back(request: HttpRequest, offer: Offer) -> HttpResponse:
    """To the page whose button was pressed: it names itself, by one of these words."""
    if request.POST.get("back") == "waiting":
        return redirect("articles-desk:offers-waiting")
    if request.POST.get("back") == "products":
        query = QueryDict(request.POST.get("query", "")[:1000]).urlencode()
        return redirect(f"{reverse('articles-desk:products')}?{query}" if query else "articles-desk:products")
    return redirect("articles-desk:product", pk=offer.product_id)


@accounts.require(*access.WRITERS)
@require_POST
def price(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that the price was checked now: the same, or the one typed."""
    person = person_of(request)
    offer = access.offer_for_editing(person, pk)
    try:
        offering.check_price(
            pk,
            person=person,
            price=request.POST.get("price", str(offer.price or "")),
            currency=request.POST.get("currency", offer.currency),
            at=timezone.now(),
        )
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"The price of {offer} is checked.")
    return _back(request, offer)


@accounts.require(*access.WRITERS)
@require_POST
def take_held(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the price that waits for a person."""
    offer = access.offer_for_editing(person_of(request), pk)
    try:
        offering.take_held(pk, person=person_of(request), at=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, "Taken. Pages that show it take the new price with their next reader.")
    return _back(request, offer)


@accounts.require(*access.WRITERS)
@require_POST
def look_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Put an offer first in the recheck's line."""
    offer = access.offer_for_editing(person_of(request), pk)
    offering.look_again(pk, person=person_of(request))
    messages.success(request, f"{offer.merchant.name}’s page is looked at next, within a minute or so.")
    return _back(request, offer)

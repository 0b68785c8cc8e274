"""What merchants ask for a product: its offers' pages."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from articles import access, offering, offers
from articles.desk.ledger_forms import show
from articles.desk.product_forms import OfferEditForm, OfferForm, ProductForm
from articles.desk.products import UNPROCESSABLE, product_page
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
    context = {
        "form": form,
        "offer": offer,
        "prices": [
            (offers.money(kept.price, kept.currency), kept) for kept in offer.prices.select_related("person")[:50]
        ],
    }
    return render(request, "desk/articles/offer_form.html", context, status=status)


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
    if request.POST.get("back") == "product":
        return redirect("articles-desk:product", pk=offer.product_id)
    return redirect("articles-desk:products")


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
    return redirect("articles-desk:product", pk=offer.product_id)


@accounts.require(*access.WRITERS)
@require_POST
def look_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Put an offer first in the recheck's line."""
    offer = access.offer_for_editing(person_of(request), pk)
    offering.look_again(pk, person=person_of(request))
    messages.success(request, f"{offer.merchant.name}’s page is looked at next, within a minute or so.")
    return redirect("articles-desk:product", pk=offer.product_id)

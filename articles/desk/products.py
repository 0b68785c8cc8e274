"""The product library's pages."""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from articles import access, offers, offers_waiting, product_use, products
from articles.desk.ledger_forms import show
from articles.desk.product_forms import OfferForm, ProductForm
from articles.models import Merchant, Product
from articles.refusals import Refused, Stale
from articles.typed import line, whole_number
from newsroom import accounts
from newsroom.accounts import person_of

ROWS = 50
UNPROCESSABLE = HTTPStatus.UNPROCESSABLE_ENTITY
KEPT_HOURS = int(offers.PRICE_KEPT.total_seconds() // 3600)


@accounts.require(*access.READERS_OF_DRAFTS)
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Every product with its offers; ``?q=`` by words, ``?merchant=`` by shop, ``?state=`` by what needs a look."""
    at, q = timezone.now(), line(request.GET.get("q", ""))[:100]
    merchant, state = whole_number(request.GET.get("merchant", "")), request.GET.get("state", "")
    found = products.listing(q=q, merchant_id=merchant, state=state, at=at).prefetch_related("offers__merchant")
    page = Paginator(found, ROWS).get_page(request.GET.get("page"))
    merchants = list(Merchant.objects.order_by("name").values_list("pk", "name"))
    context = {
        "page": page,
        "rows": [(product, [offers.row(offer, at) for offer in product.offers.all()]) for product in page],
        "q": q,
        "merchant": merchant,
        "merchants": merchants,
        "state": state,
        "waiting": offers_waiting.waiting(at).count(),
        "query": request.GET.urlencode(),
        "states": [("", "Any state"), *((name, words) for name, (words, _) in products.STATES.items())],
        "keep": f"{urlencode({'q': q, 'merchant': merchant or '', 'state': state})}&",
        "may": access.may(person_of(request)),
        "no_merchants": not merchants,
        "kept_hours": KEPT_HOURS,
    }
    return render(request, "desk/articles/products.html", context)


@accounts.require(*access.WRITERS)
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """A product and its first offer."""
    form, offer_form = ProductForm(request.POST or None), OfferForm(request.POST or None)
    if request.method == "POST" and form.is_valid() & offer_form.is_valid():
        try:
            made = products.add(person=person_of(request), facts=form.facts, offer=offer_form.facts, at=timezone.now())
        except Refused as refused:
            show_in(refused, form, offer_form)
        else:
            messages.success(request, f"{made} is in the library.")
            return redirect("articles-desk:product", pk=made.pk)
    status = UNPROCESSABLE if form.is_bound else HTTPStatus.OK
    context = {"form": form, "offer_form": offer_form, "no_merchants": not Merchant.objects.exists()}
    return render(request, "desk/articles/product_form.html", context, status=status)


def show_in(refused: Refused, form: ProductForm, offer_form: OfferForm) -> None:
    """Put each of a rule's messages beside the field of the form that has it."""
    theirs = {name: words for name, words in refused.messages.items() if name in offer_form.fields}
    show(Refused({name: words for name, words in refused.messages.items() if name not in theirs}), form)
    show(Refused(theirs), offer_form)


@accounts.require(*access.READERS_OF_DRAFTS)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """A product with its offers and where it stands; those who write change it here, others read it."""
    person = person_of(request)
    product = access.product_for_reading(person, pk)
    form, status = ProductForm.of(product), HTTPStatus.OK
    if request.method == "POST":
        access.product_for_editing(person, pk)
        form, status = ProductForm(request.POST), UNPROCESSABLE
        expected = whole_number(request.POST.get("expected_version", ""))
        if form.is_valid():
            try:
                if expected is None:
                    raise Stale("This page has lost track of its version. Copy your words, then load it again.")
                products.change(pk, person=person, expected_version=expected, facts=form.facts)
            except Refused as refused:
                show(refused, form)
            except Stale as stale:
                form.add_error(None, str(stale))
                status = HTTPStatus.CONFLICT
            else:
                messages.success(request, "Saved. What approved stories say of it stays as it was approved.")
                return redirect("articles-desk:product", pk=pk)
    return product_page(request, product, form, OfferForm(), status)


def product_page(
    request: HttpRequest,
    product: Product,
    form: ProductForm,
    offer_form: OfferForm,
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    at = timezone.now()
    selling = product.offers.select_related("merchant", "checked_by").prefetch_related("prices")
    context = {
        "form": form,
        "offer_form": offer_form,
        "product": product,
        "rows": [offers.row(offer, at) for offer in selling],
        "stories": product_use.stories(product.pk),
        "kept_hours": KEPT_HOURS,
        "may": access.may(person_of(request)),
    }
    return render(request, "desk/articles/product_form.html", context, status=status)

"""The product library's pages."""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from articles import access, offers, products
from articles.desk.ledger_forms import ProductForm, show
from articles.models import Merchant, Product
from articles.refusals import Refused, Stale
from articles.typed import line, whole_number
from newsroom import accounts
from newsroom.accounts import person_of

ROWS = 50
UNPROCESSABLE = HTTPStatus.UNPROCESSABLE_ENTITY


@accounts.require(*access.READERS_OF_DRAFTS)
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    at, q = timezone.now(), line(request.GET.get("q", ""))[:100]
    page = Paginator(products.listing(q=q), ROWS).get_page(request.GET.get("page"))
    rows = [
        {
            "product": product,
            "price": _money(product),
            "stale": product.price is not None and not offers.price(product, at),
        }
        for product in page
    ]
    merchants = Merchant.objects.order_by("name")
    context = {
        "page": page,
        "rows": rows,
        "q": q,
        "keep": f"{urlencode({'q': q})}&",
        "may": access.may(person_of(request)),
        "no_merchants": not merchants.exists(),
        "kept_hours": int(offers.PRICE_KEPT.total_seconds() // 3600),
    }
    return render(request, "desk/articles/products.html", context)


def _money(product: Product) -> str:
    return offers.money(product.price, product.currency) if product.price is not None else ""


@accounts.require(*access.WRITERS)
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    form = ProductForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = products.add(person=person_of(request), facts=form.facts, at=timezone.now())
        except Refused as refused:
            show(refused, form)
        else:
            messages.success(request, f"{made} is in the library.")
            return redirect("articles-desk:products")
    status = UNPROCESSABLE if form.is_bound else HTTPStatus.OK
    context = {"form": form, "no_merchants": not Merchant.objects.exists()}
    return render(request, "desk/articles/product_form.html", context, status=status)


@accounts.require(*access.READERS_OF_DRAFTS)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """A product; those who write change it here, others read it."""
    person = person_of(request)
    product = access.product_for_reading(person, pk)
    rights = access.may(person)
    form, status = ProductForm.of(product), HTTPStatus.OK
    if request.method == "POST":
        access.product_for_editing(person, pk)
        form, status = ProductForm(request.POST), UNPROCESSABLE
        expected = whole_number(request.POST.get("expected_version", ""))
        if form.is_valid():
            try:
                if expected is None:
                    raise Stale("This page has lost track of its version. Copy your words, then load it again.")
                products.change(pk, person=person, expected_version=expected, facts=form.facts, at=timezone.now())
            except Refused as refused:
                show(refused, form)
            except Stale as stale:
                form.add_error(None, str(stale))
                status = HTTPStatus.CONFLICT
            else:
                messages.success(request, "Saved. Pages that show it take the new price with their next reader.")
                return redirect("articles-desk:product", pk=pk)
    context = {"form": form, "product": product, "money": _money(product), "may": rights}
    return render(request, "desk/articles/product_form.html", context, status=status)


@accounts.require(*access.WRITERS)
@require_POST
def price(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that the price was checked now: the same, or the one typed."""
    person = person_of(request)
    product = access.product_for_editing(person, pk)
    try:
        products.check_price(
            pk,
            person=person,
            price=request.POST.get("price", str(product.price or "")),
            currency=request.POST.get("currency", product.currency),
            at=timezone.now(),
        )
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"The price of {product} is checked.")
    return redirect("articles-desk:products")

"""Merchants: who sells, where a link becomes an affiliate link, how prices are rechecked and how the offers do."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.timesince import timesince
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from articles import access, click_totals, offers_waiting, rechecking, record, selling
from articles.desk.ledger_forms import show
from articles.desk.merchant_forms import MerchantForm, TermsForm
from articles.desk.products import KEPT_HOURS
from articles.models import Merchant, Offer
from articles.refusals import Refused, Stale
from articles.times import zone_of
from articles.typed import line, whole_number
from newsroom import accounts
from newsroom.accounts import person_of
from newsroom.accounts.models import Person
from newsroom.publication.current import current

ROWS = 50
CHANGES = 20
BEST = 5
CLICK_DAYS = 28
NO_VERSION = "This page has lost track of its version. Copy your words, then load it again."
# The columns as the desk calls them.
FIELDS = {
    "name": "name",
    "hosts": "hosts",
    "tag": "tag",
    "tracking": "tracking address",
    "recheck": "how prices are checked",
    "pause": "seconds between two requests",
    "keeper": "who looks after it",
}


@accounts.require(*access.READERS_OF_MERCHANTS)
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Every merchant with how its offers do; ``?q=`` by name or host."""
    person, at, q = person_of(request), timezone.now(), line(request.GET.get("q", ""))[:100]
    found = (
        Merchant.objects.select_related("keeper")
        .annotate(sold=Count("offers", filter=Q(offers__ended_at__isnull=True)))
        .order_by("name")
    )  # grouping drops the model's own order
    if q:
        found = found.filter(Q(name__icontains=q) | Q(hosts__icontains=q))
    page = Paginator(found, ROWS).get_page(request.GET.get("page"))
    shown = [merchant.pk for merchant in page]
    counted = (
        offers_waiting.waiting(at).order_by().filter(merchant__in=shown).values("merchant").annotate(n=Count("pk"))
    )
    waiting = {row["merchant"]: row["n"] for row in counted}
    rights = access.may(person)
    followed = click_totals.by_merchant(shown, since=_since(at)) if rights.read_clicks else {}
    context = {
        "page": page,
        "rows": [(one, waiting.get(one.pk, 0), followed.get(one.pk, 0)) for one in page],
        "q": q,
        "keep": f"q={q}&" if q else "",
        "may": rights,
        "click_days": CLICK_DAYS,
    }
    return render(request, "desk/articles/merchants.html", context)


@accounts.require(*access.SETTERS_OF_MERCHANTS)
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """A new merchant; with "try" only what a link would become."""
    form = MerchantForm(request.POST or None)
    if request.method != "POST":
        return render(request, "desk/articles/merchant_new.html", {"form": form, **_tried(form, "")})
    if "try" in request.POST:
        return _try(request, form, None)
    if form.is_valid():
        try:
            made = selling.add(person=person_of(request), facts=form.facts)
        except Refused as refused:
            show(refused, form)
        else:
            messages.success(request, f"{made.name} is entered. Links to its hosts are declared as paid from now on.")
            return redirect("articles-desk:merchant", pk=made.pk)
    context = {"form": form, **_tried(form, "")}
    return render(request, "desk/articles/merchant_new.html", context, status=HTTPStatus.UNPROCESSABLE_ENTITY)


@accounts.require(*access.READERS_OF_MERCHANTS)
@require_http_methods(["GET", "HEAD", "POST"])
def merchant(request: HttpRequest, pk: int) -> HttpResponse:
    """A merchant's page; an administrator changes it here, others read it."""
    person = person_of(request)
    found = access.merchant_for_reading(person, pk)
    if request.method != "POST":
        return _page(request, found, MerchantForm.of(found), TermsForm.of(found))
    access.merchant_for_setting(person, pk)
    form, status = MerchantForm(request.POST), HTTPStatus.UNPROCESSABLE_ENTITY
    if "try" in request.POST:
        return _try(request, form, found)
    if form.is_valid():
        try:
            expected = whole_number(request.POST.get("expected_version", ""))
            if expected is None:
                raise Stale(NO_VERSION)
            selling.change(pk, person=person, expected_version=expected, facts=form.facts)
        except Refused as refused:
            show(refused, form)
        except Stale as stale:
            form.add_error(None, str(stale))
            status = HTTPStatus.CONFLICT
        else:
            messages.success(
                request, "Saved. Blocks that were approved keep the tag and tracking address of their day."
            )
            return redirect("articles-desk:merchant", pk=pk)
    return _page(request, found, form, TermsForm.of(found), status)


@accounts.require(*access.WRITERS_OF_TERMS)
@require_POST
def terms(request: HttpRequest, pk: int) -> HttpResponse:
    """Which network pays, and what was agreed."""
    person = person_of(request)
    found = access.merchant_for_terms(person, pk)
    form, status = TermsForm(request.POST), HTTPStatus.UNPROCESSABLE_ENTITY
    if form.is_valid():
        try:
            expected = whole_number(request.POST.get("expected_version", ""))
            if expected is None:
                raise Stale(NO_VERSION)
            said = form.cleaned_data
            selling.change_terms(
                pk, person=person, expected_version=expected, network=said["network"], commission=said["commission"]
            )
        except Refused as refused:
            show(refused, form)
        except Stale as stale:
            form.add_error(None, str(stale))
            status = HTTPStatus.CONFLICT
        else:
            messages.success(request, "Saved.")
            return redirect("articles-desk:merchant", pk=pk)
    return _page(request, found, MerchantForm.of(found), form, status)


def _page(
    request: HttpRequest, found: Merchant, form: MerchantForm, terms: TermsForm, status: HTTPStatus = HTTPStatus.OK
) -> HttpResponse:
    person, at = person_of(request), timezone.now()
    rights, stands = access.may(person), selling.standing(found, at)
    context: dict[str, Any] = {
        "merchant": found,
        "form": form,
        "terms": terms,
        "may": rights,
        "standing": stands,
        "library": f"{reverse('articles-desk:products')}?merchant={found.pk}&state=",
        "every_hours": int(rechecking.EVERY.total_seconds() // 3600),
        "kept_hours": KEPT_HOURS,
        "round": timesince(at - stands.round, at, depth=1) if stands.round >= timedelta(minutes=1) else "",
        "too_slow": stands.round > rechecking.EVERY,
        "changes": _changes(person, found),
        **_tried(form, _example(found)),
    }
    if rights.read_clicks:
        since = _since(at)
        context["best"] = click_totals.best_of(found.pk, since=since, most=BEST)
        context["clicks"] = click_totals.by_merchant([found.pk], since=since).get(found.pk, 0)
        context["click_days"] = CLICK_DAYS
    return render(request, "desk/articles/merchant.html", context, status=status)


def _try(request: HttpRequest, form: MerchantForm, found: Merchant | None) -> HttpResponse:
    """What a link becomes with what is typed and not saved: the part of the page that says so, or the whole form."""
    tried = _tried(form, _example(found) if found else "")
    if request.headers.get("HX-Request"):
        return render(request, "desk/articles/_becomes.html", tried)
    context = {"form": form, "merchant": found, **tried}
    return render(request, "desk/articles/merchant_new.html", context)


def _tried(form: MerchantForm, otherwise: str) -> dict[str, str]:
    example = form.typed("example") or otherwise
    if not example:
        hosts = form.typed("hosts").split()
        example = f"https://{hosts[0].strip(',;')}/a-product?size=m" if hosts else ""
    becomes, why_not = selling.becomes(form.typed_facts, example) if example else ("", "")
    return {"example": example, "becomes": becomes, "why_not": why_not}


def _example(found: Merchant) -> str:
    """A link of the merchant's own: of an offer, the newest."""
    link = Offer.objects.filter(merchant=found, ended_at__isnull=True).order_by("-pk").values_list("link", flat=True)
    return link.first() or ""


def _changes(person: Person, found: Merchant) -> list[dict[str, Any]]:
    """The newest changes, in words, with what each field said before and after."""
    deeds = record.deeds(record.Wanted(subject=f"merchant:{found.pk}"), most=CHANGES)
    return [{"deed": deed, "fields": _fields(deed.facts.get("changes"))} for deed in deeds]


def _fields(changes: Any) -> list[tuple[str, str, str]]:
    if not isinstance(changes, dict):
        return []
    return [
        (FIELDS.get(str(name), str(name)), _said(pair[0]), _said(pair[1]))
        for name, pair in changes.items()
        if isinstance(pair, list) and len(pair) == 2
    ]


def _said(value: Any) -> str:
    return (
        ", ".join(map(str, value)) if isinstance(value, list) else str(value if value not in (None, "") else "nothing")
    )


def _since(at: datetime) -> date:
    return at.astimezone(zone_of(current())).date() - timedelta(days=CLICK_DAYS - 1)

"""Clicks on product blocks: totals for marketing, as a page and as a table to take along."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from articles import access, click_totals
from articles.models import Merchant
from articles.times import zone_of
from articles.typed import whole_number
from newsroom import accounts
from newsroom.publication.current import current
from newsroom.wording import harmless

SHOWN = 200


@dataclass(frozen=True)
class Asked:
    """What the address asks. problem: what was wrong with the days, "" for nothing."""

    by: str
    since: date
    until: date
    merchant_id: int | None
    problem: str

    @property
    def rest(self) -> str:
        """The address's query without the grouping."""
        said = {"since": self.since.isoformat(), "until": self.until.isoformat()}
        return urlencode(said | ({"merchant": str(self.merchant_id)} if self.merchant_id else {}))


@accounts.require(*access.READERS_OF_CLICKS)
@require_safe
def totals(request: HttpRequest) -> HttpResponse:
    """``?by=product|block|story|merchant|day&since=2025-09-01&until=2025-09-30&merchant=3``; without days the last 28."""
    asked = _asked(request)
    lines = click_totals.totals(
        asked.by, since=asked.since, until=asked.until, at=timezone.now(), merchant_id=asked.merchant_id
    )
    group = click_totals.GROUPS[asked.by]
    context = {
        "lines": lines[:SHOWN],
        "more": max(0, len(lines) - SHOWN),
        "number": click_totals.number(since=asked.since, until=asked.until, merchant_id=asked.merchant_id),
        "asked": asked,
        "group": group,
        "groups": [(name, f"By {one.heading.lower()}") for name, one in click_totals.GROUPS.items()],
        "merchants": list(Merchant.objects.order_by("name").values_list("pk", "name")),
        "unit": "block" if asked.by == "day" else "day",
    }
    return render(request, "desk/articles/clicks.html", context)


@accounts.require(*access.READERS_OF_CLICKS)
@require_safe
def download(request: HttpRequest) -> HttpResponse:
    """The same as CSV (RFC 4180), all lines."""
    asked = _asked(request)
    group = click_totals.GROUPS[asked.by]
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    name = f"clicks-{asked.by}-{asked.since}-{asked.until}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    response.write("\ufeff")  # spreadsheet programs take it for Latin-1 otherwise
    writer = csv.writer(response)
    writer.writerow([group.heading, *([group.detail] if group.detail else []), "Clicks", group.parts[0]])
    for line in click_totals.totals(
        asked.by, since=asked.since, until=asked.until, at=timezone.now(), merchant_id=asked.merchant_id
    ):
        detail = [harmless(line.detail)] if group.detail else []
        writer.writerow([harmless(line.name), *detail, line.clicks, line.parts])
    return response


def _asked(request: HttpRequest) -> Asked:
    by = request.GET.get("by", "product")
    today = timezone.now().astimezone(zone_of(current())).date()
    usual = today - timedelta(days=27), today
    since, until = _day(request.GET.get("since", "")), _day(request.GET.get("until", ""))
    problem = ""
    if (request.GET.get("since") and since is None) or (request.GET.get("until") and until is None):
        problem = "A day was not written as year-month-day; the last 28 days are shown."
        since, until = usual
    since, until = since or usual[0], until or usual[1]
    if since > until:
        problem, since, until = "The first day was after the last; they are turned round.", until, since
    merchant_id = whole_number(request.GET.get("merchant", ""))
    return Asked(by if by in click_totals.GROUPS else "product", since, until, merchant_id, problem)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None

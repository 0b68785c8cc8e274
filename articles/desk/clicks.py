"""Clicks on product blocks: totals for marketing, as a page and as a table to take along."""

from __future__ import annotations

import csv
from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from articles import access, clicks
from articles.times import zone_of
from newsroom import accounts
from newsroom.publication.current import current

SHOWN = 200
_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a cell that begins so is run by spreadsheet programs


@accounts.require(*access.READERS_OF_CLICKS)
@require_safe
def totals(request: HttpRequest) -> HttpResponse:
    """``?by=product|story|merchant&since=2025-09-01&until=2025-09-30``; without days the last 28."""
    by, since, until, problem = _asked(request)
    lines = clicks.totals(by, since=since, until=until, at=timezone.now())
    context = {
        "lines": lines[:SHOWN],
        "more": max(0, len(lines) - SHOWN),
        "number": clicks.number(since=since, until=until),
        "by": by,
        "heading": clicks.GROUPS[by][0],
        "groups": [(name, f"By {words.lower()}") for name, (words, _) in clicks.GROUPS.items()],
        "since": since,
        "until": until,
        "problem": problem,
        "days": f"since={since.isoformat()}&until={until.isoformat()}",
    }
    return render(request, "desk/articles/clicks.html", context)


@accounts.require(*access.READERS_OF_CLICKS)
@require_safe
def download(request: HttpRequest) -> HttpResponse:
    """The same as CSV (RFC 4180), all lines."""
    by, since, until, _ = _asked(request)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="clicks-{by}-{since}-{until}.csv"'
    response.headers["Cache-Control"] = "no-store"
    response.write("\ufeff")  # spreadsheet programs take it for Latin-1 otherwise
    writer = csv.writer(response)
    writer.writerow([clicks.GROUPS[by][0], "Clicks", "Days with clicks"])
    for line in clicks.totals(by, since=since, until=until, at=timezone.now()):
        name = f"'{line.name}" if line.name.startswith(_FORMULA) else line.name
        writer.writerow([name, line.clicks, line.days])
    return response


def _asked(request: HttpRequest) -> tuple[str, date, date, str]:
    """What the address asks: grouping, both days, and what was wrong with them ("" for nothing)."""
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
    return (by if by in clicks.GROUPS else "product"), since, until, problem


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None

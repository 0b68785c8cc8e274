"""The page of the record: who did what, with filters in its address, and both exports."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from articles import access, record
from articles.record import Deed, Wanted
from articles.typed import line, whole_number
from newsroom import accounts, audit
from newsroom.accounts import person_of
from newsroom.accounts.models import Person

ROWS = 50
_PAGES = {
    "story": "articles-desk:history",
    "source": "articles-desk:source",
    "product": "articles-desk:product",
    "offer": "articles-desk:offer",
    "merchant": "articles-desk:merchant",
    "person": "accounts:person",
    "asset": "media-desk:asset",
}
NO_DAY = "Give a day, for example 2026-03-01."
FORMATS = {"csv": "text/csv; charset=utf-8", "jsonl": "application/x-ndjson; charset=utf-8"}


@accounts.require(*access.READERS_OF_THE_RECORD)
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """``?about=&person=&subject=&since=&until=&page=``; days in the desk's zone, both included."""
    person = person_of(request)
    wanted, said, errors = _wanted(request.GET)
    number = min(whole_number(request.GET.get("page", "1")) or 1, 200)
    found = [] if errors else record.deeds(wanted, most=number * ROWS + 1)
    address = f"{reverse('articles-desk:record')}?{urlencode({name: value for name, value in said.items() if value})}"
    context = {
        "rows": [{"deed": deed, "url": _page_of(person, deed)} for deed in found[(number - 1) * ROWS : number * ROWS]],
        "said": said,
        "errors": errors,
        "about": record.ABOUT,
        "people": Person.objects.order_by("name").values_list("pk", "name"),
        "filtered": any(said.values()),
        "page": number,
        "newer": f"{address}&page={number - 1}" if number > 1 else "",
        "older": f"{address}&page={number + 1}" if len(found) > number * ROWS else "",
    }
    return render(request, "desk/articles/record.html", context, status=422 if errors else 200)


@accounts.require(*access.READERS_OF_THE_RECORD)
@require_POST
def export(request: HttpRequest) -> HttpResponseBase:
    """All that the filters let through, streamed: CSV or one JSON object a line. That it was taken is itself recorded."""
    wanted, said, errors = _wanted(request.POST)
    if errors:
        return HttpResponse(" ".join(errors.values()), status=422, content_type="text/plain; charset=utf-8")
    form = "jsonl" if request.POST.get("format") == "jsonl" else "csv"
    at = timezone.now()
    asked = {name: value for name, value in said.items() if value}
    audit.note(person_of(request), "record.exported", "record", format=form, asked=asked)
    response = StreamingHttpResponse(_stream(wanted, form), content_type=FORMATS[form])
    name = f"record-{timezone.localtime(at):%Y-%m-%d-%H%M}.{form}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store, private"
    return response


async def _stream(wanted: Wanted, form: str) -> AsyncIterator[bytes]:
    # Excel takes a file without the mark for its own old encoding.
    yield ("\ufeff" + record.as_table([], head=True) if form == "csv" else "").encode()
    last: Deed | None = None
    while found := await sync_to_async(record.deeds)(wanted, after=last):
        yield (record.as_table(found) if form == "csv" else record.as_lines(found)).encode()
        last = found[-1]


def _wanted(given: Any) -> tuple[Wanted, dict[str, str], dict[str, str]]:
    """What is asked for, what was typed, and messages by field."""
    said = {name: line(given.get(name, ""))[:200] for name in ("about", "person", "subject", "since", "until")}
    errors: dict[str, str] = {}
    said["about"] = said["about"] if said["about"] in dict(record.ABOUT) else ""
    since, until = (_day(said[name], name, errors) for name in ("since", "until"))
    return (
        Wanted(
            about=said["about"],
            person_id=whole_number(said["person"]),
            subject=record.subject_of(said["subject"]),
            since=_midnight(since) if since else None,
            before=_midnight(until + timedelta(1)) if until else None,
        ),
        said,
        errors,
    )


def _day(text: str, field: str, errors: dict[str, str]) -> date | None:
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or not 1990 <= day.year < 2100:
        errors[field] = NO_DAY
        return None
    return day


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=timezone.get_default_timezone())


def _page_of(person: Person, deed: Deed) -> str:
    """Where the thing is that it was done to, for whom may open it."""
    kind, _, number = deed.subject.partition(":")
    pk, rights = whole_number(number), access.may(person)
    if pk is None or kind not in _PAGES:
        return ""
    allowed = {
        "source": rights.read_sources,
        "offer": rights.write_products,
        "person": person.has_role("administrator"),
    }.get(kind, rights.read)
    return reverse(_PAGES[kind], args=[pk]) if allowed else ""

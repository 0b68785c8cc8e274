"""The page of results: stories, sources and products by their words, what was asked for marked."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from articles import access, finding, search
from articles.desk import board_filters
from articles.models import SearchEntry, Source
from articles.search import RANKED, Found, Where
from articles.typed import line, whole_number
from newsroom import accounts
from newsroom.accounts import person_of
from newsroom.accounts.models import Person

ROWS = 20
Kind = SearchEntry.Kind
LABELS = {Kind.STORY: "Stories", Kind.SOURCE: "Sources", Kind.PRODUCT: "Products"}
STANDS = (("", "any"), ("open", "open draft"), ("published", "published"), ("withdrawn", "withdrawn"))


@accounts.require(*access.READERS_OF_DRAFTS)
@require_safe
def results(request: HttpRequest) -> HttpResponse:
    """``?q=&kind=&section=&owner=&stands=&page=``. A kind that this person may not see is not offered, nor answered."""
    person = person_of(request)
    q, kinds = line(request.GET.get("q", ""))[: search.LONGEST], search.kinds_for(person)
    kind = next((kind for kind in kinds if kind == request.GET.get("kind")), kinds[0])
    stands = request.GET.get("stands", "")
    where = Where(
        whole_number(request.GET.get("section", "")),
        whole_number(request.GET.get("owner", "")),
        stands if stands in dict(STANDS) else "",
    )
    page = min(whole_number(request.GET.get("page", "1")) or 1, -(-RANKED // ROWS))
    answer = search.find(person, kind, q, where=where, start=(page - 1) * ROWS, most=ROWS)
    counted = search.counts(person, q, where)
    address = _Address(q, kind, where)
    context: dict[str, Any] = {
        "q": q,
        "kind": kind.value,
        "answer": answer,
        "ranked": RANKED,
        "rows": _rows(person, kind, answer.rows),
        "tabs": [
            {
                "label": LABELS[one],
                "count": f"{RANKED}+" if counted[one] > RANKED else counted[one],
                "url": address.but(kind=one),
                "current": one == kind,
            }
            for one in kinds
        ],
        "filters": _filters(person, address, where) if kind == Kind.STORY else [],
        "filtered": where != Where(),
        "clear_url": _Address(q, kind, Where()).but(),
        "page": page,
        "newer": f"{address.but()}&page={page - 1}" if page > 1 else "",
        "older": f"{address.but()}&page={page + 1}" if page * ROWS < answer.count else "",
    }
    return render(request, "desk/articles/search.html", context)


class _Address:
    """The page's address with its filters, one of them changed."""

    def __init__(self, q: str, kind: SearchEntry.Kind, where: Where) -> None:
        self.said = {
            "q": q,
            "kind": kind.value,
            "section": where.section_id,
            "owner": where.owner_id,
            "stands": where.stands,
        }

    def but(self, **changes: object) -> str:
        said = {name: value for name, value in {**self.said, **changes}.items() if value}
        return f"{reverse('articles-desk:search')}?{urlencode(said)}"


def _filters(person: Person, address: _Address, where: Where) -> list[dict[str, object]]:
    writes = access.may(person).write
    menus: tuple[tuple[str, str, object, list[Any]], ...] = (
        ("Section", "section", where.section_id, board_filters.sections()),
        ("Owner", "owner", where.owner_id, board_filters.owners(person, writes=writes)),
        ("Stands", "stands", where.stands, list(STANDS)),
    )
    return [
        {
            "name": name,
            "entries": [
                {"label": label, "url": address.but(**{key: value}), "current": value == chosen}
                for value, label in ([*rows, (chosen, "another")] if chosen not in [row[0] for row in rows] else rows)
            ],
        }
        for name, key, chosen, rows in menus
    ]


def _rows(person: Person, kind: SearchEntry.Kind, found: list[Found]) -> list[dict[str, object]]:
    """What is shown beside each; things deleted a moment ago are left out. Two queries at most."""
    ids = [row.thing for row in found]
    if kind == Kind.STORY:
        stories = finding.stories_by_id(ids)
        return [
            {
                "found": row,
                "url": finding.page_of(person, story),
                "chip": finding.standing(story),
                "meta": f"{story.section.name}, {story.owner.name}",
                "touched_at": row.touched_at,
            }
            for row in found
            if (story := stories.get(row.thing))
        ]
    if kind == Kind.SOURCE:
        sources = Source.objects.in_bulk(ids)
        return [
            {
                "found": row,
                "url": reverse("articles-desk:source", args=[row.thing]),
                "meta": sources[row.thing].get_kind_display(),
            }
            for row in found
            if row.thing in sources
        ]
    return [{"found": row, "url": reverse("articles-desk:product", args=[row.thing]), "meta": ""} for row in found]

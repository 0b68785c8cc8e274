"""Readers' search, the one page of the site that is made for each who asks.

Its answers are kept nowhere. There is no end of things to ask, and each kept answer would push a story's page out of
the store; what may be shown changes by the clock (an embargo), and no purge could name the answers a withdrawn story
stands in. So each address has a budget instead. The empty form is a page like any other.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from articles import published_words, typed
from articles.access import published
from articles.published_words import BEST, LONGEST, NEWEST, Found, TooLong, Unasked
from articles.reader import cards, furniture
from articles.reader.asked import page_number
from articles.reader.cards import Card, SectionLink
from newsroom.limits import client_network, spend
from newsroom.pagecache import keep
from newsroom.publication.current import current

PAGE = 20
BUDGET = (40, 60)  # questions of one network in so many seconds: an office reads on, a machine waits
AT_ONCE = (
    4  # questions of a process: each holds a connection to PostgreSQL for up to two seconds, and pages need some too
)
WAIT = 2.0  # seconds for room
_ROOM = threading.BoundedSemaphore(AT_ONCE)
ORDERS = ((BEST, "Best match"), (NEWEST, "Newest first"))


@dataclass(frozen=True)
class Result:
    """One story: what was found of it, and its card."""

    found: Found
    card: Card


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """``?q=&section=&order=&page=``. A section or an order that there is not is passed over, and the form shows it."""
    menu = furniture.menu()
    context: dict[str, Any] = {"sections": menu, "longest": LONGEST, "seeking": True}
    if "q" not in request.GET:
        context["canonical"] = f"{settings.ORIGIN}{request.path}"
        return keep(render(request, "reader/search.html", context, using="public"), {"publication"})
    q = typed.line(request.GET["q"])
    chosen = next((section for section in menu if section.slug == request.GET.get("section")), None)
    order = NEWEST if request.GET.get("order") == NEWEST else BEST
    found, status = _answer(request, q, chosen, order)
    context |= {"q": q, "asked": True, "chosen": chosen, "order": order, **found}
    response = render(request, "reader/search.html", context, status=status, using="public")
    # Nobody's store keeps it, and who comes back asks anew: a story may have gone meanwhile.
    response["Cache-Control"] = "private, no-cache"
    # What was asked stands in the address: it goes along neither with the next page nor with pictures and style sheet.
    response["Referrer-Policy"] = "strict-origin"
    if status != 200:
        response["Retry-After"] = str(BUDGET[1])
    return response


def _answer(request: HttpRequest, q: str, chosen: SectionLink | None, order: str) -> tuple[dict[str, Any], int]:
    """What the page says, and its status. Five queries at most.

    Raises:
        Http404: a page that no number can have, or behind the last.
    """
    page, at = page_number(request), timezone.now()
    limit, seconds = BUDGET
    try:
        if not spend("search by network", client_network(request), limit=limit, seconds=seconds):
            return {"error": "You have asked a great deal in the last minute. Wait a little, then search again."}, 429
        if not _ROOM.acquire(timeout=WAIT):
            return {"error": "Too many are searching at this moment. Wait a little, then search again."}, 503
        try:
            answer = published_words.find(
                published_words.question(q),
                at=at,
                order=order,
                section_id=chosen.id if chosen else None,
                start=(page - 1) * PAGE,
                most=PAGE,
            )
        finally:
            _ROOM.release()
    except Unasked as refusal:
        return {"error": str(refusal)}, 200
    except TooLong:
        return {"error": "That took too long, so we stopped. Add one more word, a rarer one."}, 503
    if page > 1 and not answer.rows:
        raise Http404("There is no such page.")
    said = {"q": q, "section": chosen.slug if chosen else "", "order": order if order != BEST else ""}
    results = _results(answer.rows, at)
    return {
        "answer": answer,
        "results": results,
        "credits": cards.credits(result.card for result in results),
        "page": page,
        "orders": [
            (label, _address(said, order=name if name != BEST else ""), name == order) for name, label in ORDERS
        ],
        "everywhere": _address(said, section=""),
        "newer": _address(said, page=page - 1 if page > 2 else "") if page > 1 else "",
        "older": _address(said, page=page + 1) if page * PAGE < answer.count else "",
    }, 200


def _address(said: dict[str, Any], **changes: Any) -> str:
    return f"{reverse('reader:search')}?{urlencode({name: value for name, value in (said | changes).items() if value})}"


def _results(found: list[Found], at: datetime) -> list[Result]:
    """Their cards with pictures; what went a moment ago is left out. Two queries."""
    publication = current()
    rows = published(at).filter(pk__in=[one.story_id for one in found]).values_list(cards.card_of(), flat=True)
    made = [cards.build(row, publication, at) for row in rows] if found else []
    loaded = cards.pictures(made, at)
    by_story = {card.id: cards.hang(card, loaded, at) for card in made}
    return [Result(one, by_story[one.story_id]) for one in found if one.story_id in by_story]

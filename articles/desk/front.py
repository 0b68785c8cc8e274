"""What readers get first on the front page and on a section's page: editors pin, order and try it out here.

The form holds the whole arrangement, and nothing reaches readers before "Put before readers": finding a story, pinning,
moving and unpinning answer the same form, changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from articles import access, moments, pinning, published_words, typed
from articles.models import Section, Story
from articles.pinning import PLACES, Wanted
from articles.reader import cards, views
from articles.reader import front as reader_front
from articles.reader.cards import Card
from articles.reader.places import section as place_of
from articles.refusals import Refused, Stale
from newsroom import accounts
from newsroom.accounts import person_of
from newsroom.publication.current import current

FOUND = 12
MOST_SENT = 20  # stories in one form: more can only be somebody's script


@dataclass
class Row:
    """One pinned story as the form holds it. until: as it was typed."""

    story: Story
    until: str = ""
    away: str = ""
    error: str = ""

    @property
    def headline(self) -> str:
        revision = self.story.published_revision
        return revision.headline if revision else self.story.slug


@accounts.require(*access.EDITORS)
@require_http_methods(["GET", "HEAD", "POST"])
def front(request: HttpRequest, section: str = "") -> HttpResponse:
    """The front page's first places, or a section's."""
    at = timezone.now()
    menu = list(Section.objects.order_by("position", "name"))
    here = next((one for one in menu if one.slug == section), None)
    if section and here is None:
        raise Http404("There is no such section.")
    kept = pinning.front_of(here)
    page = {"menu": menu, "here": here, "kept": kept, "version": kept.version, "at": at}
    if request.method != "POST":
        rows = [Row(pin.story, moments.field_value(pin.until)) for pin in pinning.pins(kept, at)]
        return _page(request, page, rows)
    rows = _sent(request)
    act, _, number = request.POST.get("act", "find").partition("-")
    if act in ("save", "preview"):
        wanted = _wanted(rows, at)
        if wanted is None:
            return _page(request, page, rows, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        return _preview(request, here, wanted, at) if act == "preview" else _save(request, page, rows, wanted)
    rows = _changed(rows, act, typed.whole_number(number))
    version = typed.whole_number(request.POST.get("expected_version", ""))
    return _page(request, {**page, "version": version or 0, "changed": True}, rows)


def _sent(request: HttpRequest) -> list[Row]:
    """The rows of the form, in the order of their numbers; what is no story is left out."""
    sent = [typed.whole_number(one) for one in request.POST.getlist("story")[:MOST_SENT]]
    ids = list(dict.fromkeys(pk for pk in sent if pk))
    known = Story.objects.select_related("section", "published_revision").in_bulk(ids)
    places = {pk: typed.whole_number(request.POST.get(f"place-{pk}", "")) or MOST_SENT for pk in ids}
    return [
        Row(known[pk], typed.line(request.POST.get(f"until-{pk}", ""))[:40])
        for pk in sorted(ids, key=places.__getitem__)
        if pk in known
    ]


def _changed(rows: list[Row], act: str, story_id: int | None) -> list[Row]:
    at = next((n for n, row in enumerate(rows) if row.story.pk == story_id), None)
    if act == "add" and at is None:
        story = Story.objects.select_related("section", "published_revision").filter(pk=story_id or 0).first()
        return [*rows, Row(story)] if story else rows
    if at is None:
        return rows
    row, rest = rows[at], rows[:at] + rows[at + 1 :]
    if act == "drop":
        return rest
    step = {"up": -1, "down": 1}.get(act, 0)
    to = min(max(0, at + step), len(rest))
    return [*rest[:to], row, *rest[to:]]


def _wanted(rows: list[Row], at: datetime) -> list[Wanted] | None:
    """The rows as they would be kept; None when a time cannot be, which then stands beside its field."""
    wanted = []
    for row in rows:
        try:
            wanted.append(Wanted(row.story.pk, moments.read(row.until, at=at) if row.until else None))
        except moments.NotAMoment as refusal:
            row.error = str(refusal)
    return wanted if len(wanted) == len(rows) else None


def _save(request: HttpRequest, page: dict[str, Any], rows: list[Row], wanted: Sequence[Wanted]) -> HttpResponse:
    here, expected = page["here"], request.POST.get("expected_version", "")
    try:
        if not (expected.isascii() and expected.isdigit() and len(expected) < 9):
            raise Stale("This page has lost track of its version.")
        pinning.arrange(here, person=person_of(request), expected_version=int(expected), wanted=wanted, at=page["at"])
    except Refused as refused:
        for row in rows:
            row.error = refused.messages.get(f"until-{row.story.pk}", "")
        return _page(
            request, {**page, "error": refused.messages.get("", "")}, rows, status=HTTPStatus.UNPROCESSABLE_ENTITY
        )
    except Stale:
        # Read anew: what won is told beside what lost, and the next press is about it.
        kept = pinning.front_of(here)
        page |= {"kept": kept, "version": kept.version, "lost": True}
        page["stands"] = [Row(pin.story) for pin in pinning.pins(kept, page["at"])]
        return _page(request, page, rows, status=HTTPStatus.CONFLICT)
    name = here.name if here else "The front page"
    messages.success(request, f"{name} is in this order for readers." if wanted else f"{name} fills itself again.")
    return redirect("articles-desk:front-section", section=here.slug) if here else redirect("articles-desk:front")


def _preview(request: HttpRequest, here: Section | None, wanted: Sequence[Wanted], at: datetime) -> HttpResponse:
    """The page as readers would get it in this order."""
    response = views.front_in_order(request, here.slug if here else "", wanted, at)
    response["X-Robots-Tag"] = "noindex"
    return response


def _page(
    request: HttpRequest, page: dict[str, Any], rows: list[Row], status: HTTPStatus = HTTPStatus.OK
) -> HttpResponse:
    at, here = page["at"], page["here"]
    for row in rows:
        row.away = pinning.why_away(row.story, here, at)
    pinned = {row.story.pk for row in rows}
    q = typed.line(request.POST.get("q", ""))
    found, problem = _found(q, here, at)
    context = {
        **page,
        "rows": rows,
        "ended": pinning.ended(page["kept"], at),
        "fills": _fills(rows, here, at) if len(rows) < PLACES else [],
        "first_fill": len(rows) + 1,
        "over": len(rows) - PLACES if len(rows) > PLACES else 0,
        "q": q,
        "problem": problem,
        "found": [story for story in found if story.pk not in pinned],
        "zone": moments.zone(),
        "places": PLACES,
    }
    return render(request, "desk/articles/front.html", context, status=status)


def _fills(rows: list[Row], here: Section | None, at: datetime) -> list[Card]:
    """What fills the places behind the pinned ones by itself."""
    wanted, publication = [Wanted(row.story.pk) for row in rows], current()
    made: Any
    if here is None:
        made = reader_front.home(publication, at, wanted)
    else:
        place = place_of(here.slug)
        made = reader_front.listing(place, 1, publication, at, wanted) if place else None
    if made is None:
        return []
    pinned = {row.story.pk for row in rows}
    first = [card for card in (made.lead, *made.beside) if card and card.id not in pinned]
    return first[: PLACES - len(rows)]


def _found(q: str, here: Section | None, at: datetime) -> tuple[list[Story], str]:
    """Published stories by their words, or the newest; and what is wrong with the words."""
    stories = cards.newest(at).select_related("section", "published_revision")
    if here:
        stories = stories.filter(section=here)
    if not q:
        return list(stories[:FOUND]), ""
    try:
        asked = published_words.question(q)
        rows = published_words.find(asked, at=at, section_id=here.pk if here else None, most=FOUND).rows
    except published_words.Unasked as refusal:
        return [], str(refusal)
    except published_words.TooLong:
        return [], "That took too long. Add a word, a rarer one."
    known = stories.in_bulk([row.story_id for row in rows])
    return [known[row.story_id] for row in rows if row.story_id in known], ""

"""The board: every story by where it stands, as a list and as a calendar. It refreshes itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from articles import access, board_version, reviews, schedule, shelf
from articles.desk import board_filters
from articles.desk.board_filters import TABS, Address
from articles.desk.board_rows import Row, Rows, moment
from articles.diary import diary
from articles.models import Draft
from articles.shelf import Filters
from articles.typed import whole_number
from newsroom import accounts
from newsroom.accounts import person_of
from newsroom.accounts.models import Person
from newsroom.deskui.templatetags.desk import ago

D = Draft.Standing
ROWS_A_GROUP = 25
ROWS_A_PAGE = 50
CARDS = 8
REVIEWS = 3
ALARMS = 5
_NOTES = {
    D.IN_REVIEW: "waiting for an editor",
    D.CHANGES_REQUESTED: "back with the writer",
    D.APPROVED: "ready to go",
    D.SCHEDULED: "goes out by itself",
    D.DRAFT: "being written",
}


@dataclass(frozen=True)
class Group:
    state: str
    title: str
    count: str
    note: str
    rows: Sequence[Row]
    more: str = ""


@accounts.require(*access.READERS_OF_DRAFTS)
@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """The board at an address. An open one asks with ``X-Board-Version``: 204 when it shows what is true already."""
    person, at = person_of(request), timezone.now()
    # Read before everything else: a change in between makes the page newer than its number, never older.
    version = board_version.version(at)
    response: HttpResponse
    if request.headers.get("X-Board-Version") == version:
        response = HttpResponse(status=204)
    else:
        response = render(request, "desk/articles/board.html", _context(request, person, at) | {"version": version})
    # The answer is one person's and one moment's; the browser must not give it to the next question.
    response["Cache-Control"] = "no-store, private"
    patch_vary_headers(response, ["X-Board-Version"])
    return response


def _context(request: HttpRequest, person: Person, at: datetime) -> dict[str, Any]:
    address = board_filters.asked(request)
    view = View(person, at, address)
    rights = view.rows.rights
    context: dict[str, Any] = {
        "address": address,
        "may": rights,
        "now": at,
        "sections": address.choices("section_id", board_filters.sections()),
        "owners": address.choices("owner_id", board_filters.owners(person, writes=rights.write)),
        "toggles": view.toggles(),
        "reviews": list(reviews.waiting()[: REVIEWS + 1]),
        "most_reviews": REVIEWS,
        "overdue": list(schedule.overdue(at)[:ALARMS]),
        "views": [
            {
                "label": label,
                "key": label[0].lower(),
                "url": address.spanning(span, address.day),
                "current": address.span == span,
            }
            for span, label in (("", "List"), ("week", "Week"), ("month", "Month"))
        ],
    }
    return context | (view.calendar() if address.span else view.listing(request))


class View:
    """One reading of the board, for one person at one moment."""

    def __init__(self, person: Person, at: datetime, address: Address) -> None:
        self.person, self.at, self.address = person, at, address
        self.filters = address.filters if address.span else shelf.looked_at(address.filters, at)
        self.rows = Rows(person, at)
        self.has_more = False

    def calendar(self) -> dict[str, Any]:
        today, address = timezone.localtime(self.at).date(), self.address
        shown = diary(address.span, address.day or today, self.filters)
        return {
            "calendar": shown,
            "today": today,
            "links": {
                "before": address.spanning(address.span, shown.before),
                "now": address.spanning(address.span),
                "after": address.spanning(address.span, shown.after),
            },
            "story_page": "articles-desk:history",
        }

    def listing(self, request: HttpRequest) -> dict[str, Any]:
        page = min(whole_number(request.GET.get("page", "1")) or 1, 10_000)
        counts = shelf.counts(self.filters, self.person)
        stands, url = self.filters.stands, self.address.url
        groups = self.groups(counts) if stands in ("", "mine") else [self.one(counts, page)]
        flagged = self.rows.flagged(row for group in groups for row in group.rows)
        groups = [replace(group, rows=[flagged[row.key] for row in group.rows]) for group in groups]
        shown = sum(len(group.rows) for group in groups)
        return {
            "groups": [group for group in groups if group.rows],
            "cards": self.cards() if not stands else [],
            "tabs": [
                {
                    "label": label,
                    "count": number(counts[key]),
                    "url": self.address.but(stands=value),
                    "current": stands == value,
                }
                for value, label, key in TABS
            ],
            "empty_everywhere": not shown
            and self.filters == Filters()
            and not any(counts[stands] for stands in ("published", "withdrawn", "spiked")),
            "newer": f"{url}&page={page - 1}" if page > 1 else "",
            "older": f"{url}&page={page + 1}" if self.has_more else "",
            "page": page,
        }

    def toggles(self) -> list[dict[str, object]]:
        """Filters that are on or off; the calendar shows plans, which carry no warnings."""
        both = (("live", "Live"), ("warned", "With warnings"))
        return [
            {
                "label": label,
                "on": getattr(self.filters, name),
                "url": self.address.but(**{name: not getattr(self.filters, name)}),
            }
            for name, label in both
            if name == "live" or not self.address.span
        ]

    def groups(self, counts: dict[str, int]) -> list[Group]:
        """The groups of "All open" and "For me": one query a group."""
        drafts = shelf.drafts(self.filters)
        mine = self.filters.stands == "mine"
        if mine:
            drafts = shelf.for_me(drafts, self.person)
        groups = [self._group(standing, drafts, counts) for standing in shelf.OPEN]
        if not mine:
            groups.append(self._today())
        return groups

    def _group(self, standing: Draft.Standing, drafts: Iterable[Draft], counts: dict[str, int]) -> Group:
        found = list(drafts.filter(standing=standing)[: ROWS_A_GROUP + 1])  # type: ignore[attr-defined]
        more = len(found) > ROWS_A_GROUP
        rows = [self.rows.of_draft(draft) for draft in found[:ROWS_A_GROUP]]
        note = _NOTES[standing]
        if standing == D.SCHEDULED and (moments := [draft.due_at for draft in found if draft.due_at]):
            note = f"next at {moment(min(moments), self.at)}"
        if standing == D.IN_REVIEW and found:
            note = f"oldest waits {ago(min(draft.moved_at or draft.changed_at for draft in found), self.at)}"
        count = len(rows) if self.filters.stands == "mine" and not more else counts[standing]
        return Group(
            standing,
            standing.label,
            number(count),
            f"{note}, {ROWS_A_GROUP} shown" if more else note,
            rows,
            self.address.but(stands=standing) if more else "",
        )

    def _today(self) -> Group:
        found = list(shelf.published_today(self.filters, self.at)[: ROWS_A_GROUP + 1])
        more = len(found) > ROWS_A_GROUP
        rows = [self.rows.of_story(story) for story in found[:ROWS_A_GROUP]]
        url = self.address.but(stands="published") if more else ""
        note = f"the newest {ROWS_A_GROUP} shown" if more else "published or updated"
        return Group("published", "Published today", f"{len(rows)}{'+' if more else ''}", note, rows, url)

    def one(self, counts: dict[str, int], page: int) -> Group:
        """A single tab, by pages; one query."""
        stands = self.filters.stands
        start = (page - 1) * ROWS_A_PAGE
        window = slice(start, start + ROWS_A_PAGE + 1)
        count = number(counts[stands])
        if stands in ("published", "withdrawn"):
            stories = list(shelf.stories(self.filters, stands)[window])
            self.has_more = len(stories) > ROWS_A_PAGE
            rows = [self.rows.of_story(story) for story in stories[:ROWS_A_PAGE]]
            of = f", of the last {shelf.LOOKED_THROUGH:,}" if self.filters.warned else ""
            return Group(stands, stands.capitalize(), count, f"the last touched first{of}", rows)
        if stands == "spiked":
            drafts, title, note = shelf.spiked(self.filters), "Spiked", "put away, with their words"
        else:
            drafts, title, note = shelf.drafts(self.filters).filter(standing=stands), D(stands).label, _NOTES[D(stands)]
        found = list(drafts[window])
        self.has_more = len(found) > ROWS_A_PAGE
        return Group(stands, title, count, note, [self.rows.of_draft(draft) for draft in found[:ROWS_A_PAGE]])

    def cards(self) -> list[dict[str, object]]:
        """Live stories by the time since readers last heard anything; one query."""
        filters = replace(self.filters, warned=False)
        return [
            {
                "story": story,
                "headline": story.published_revision.headline if story.published_revision else story.slug,
                "since": ago(story.visible_updated_at or self.at, self.at),
                "late": self.at - (story.visible_updated_at or self.at) > shelf.LATE_AFTER,
                "notes": story.notes or 0,  # type: ignore[attr-defined]
                "is_open": story.is_open,  # type: ignore[attr-defined]
                "url": self.rows.link(story.pk, is_open=story.is_open),  # type: ignore[attr-defined]
            }
            for story in shelf.needing_an_update(filters)[:CARDS]
        ]


def number(count: int) -> str:
    return f"{shelf.MOST_COUNTED:,}+" if count > shelf.MOST_COUNTED else f"{count:,}"

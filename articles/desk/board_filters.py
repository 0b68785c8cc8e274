"""What the board shows, as its address says it: a view that somebody chose can be kept, shared and gone back to."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse

from articles.models import Draft, Section
from articles.shelf import Filters
from articles.typed import whole_number
from newsroom.accounts import Role
from newsroom.accounts.models import Person

D = Draft.Standing
# stands, label, the count's name
TABS = (
    ("", "All open", "open"),
    ("mine", "For me", "mine"),
    (D.IN_REVIEW, "In review", D.IN_REVIEW),
    (D.CHANGES_REQUESTED, "Changes requested", D.CHANGES_REQUESTED),
    (D.APPROVED, "Approved", D.APPROVED),
    (D.SCHEDULED, "Scheduled", D.SCHEDULED),
    (D.DRAFT, "Draft", D.DRAFT),
    ("published", "Published", "published"),
    ("withdrawn", "Withdrawn", "withdrawn"),
    ("spiked", "Spiked", "spiked"),
)
SPANS = ("week", "month")
YEARS = range(1990, 2100)


@dataclass(frozen=True)
class Address:
    """A board's address. span: "" for the list, "week" or "month" for the calendar; day: one within that span, None for
    today."""

    filters: Filters = field(default_factory=Filters)
    span: str = ""
    day: date | None = None

    @property
    def url(self) -> str:
        filters = self.filters
        given = {
            "stands": filters.stands,
            "section": filters.section_id,
            "owner": filters.owner_id,
            "warned": int(filters.warned),
            "live": int(filters.live),
            "view": self.span,
            "day": self.day.isoformat() if self.day and self.span else "",
        }
        return f"{reverse('articles-desk:board')}?{urlencode({name: value for name, value in given.items() if value})}"

    def but(self, **changes: Any) -> str:
        """The address with other filters."""
        return replace(self, filters=replace(self.filters, **changes)).url

    def spanning(self, span: str, day: date | None = None) -> str:
        """The address of another view of the same filters."""
        return replace(self, span=span, day=day).url

    @property
    def filtered(self) -> bool:
        return self.filters != Filters(stands=self.filters.stands)

    @property
    def clear_url(self) -> str:
        return replace(self, filters=Filters(stands=self.filters.stands)).url

    def choices(self, name: str, rows: list[tuple[int | None, str]]) -> list[dict[str, object]]:
        """The entries of one filter's menu; the ones of an unknown id (somebody who left) show as they are asked."""
        chosen = getattr(self.filters, name)
        if chosen not in [pk for pk, _ in rows]:
            rows = [*rows, (chosen, "another")]
        return [{"label": label, "url": self.but(**{name: pk}), "current": chosen == pk} for pk, label in rows]


def asked(request: HttpRequest) -> Address:
    """The address as a request gives it; what nobody could have chosen is left out."""
    get = request.GET.get
    stands, span = get("stands", ""), get("view", "")
    filters = Filters(
        stands=stands if stands in {tab[0] for tab in TABS} else "",
        section_id=whole_number(get("section", "")),
        owner_id=whole_number(get("owner", "")),
        warned=get("warned") == "1",
        live=get("live") == "1",
    )
    return Address(filters, span if span in SPANS else "", _day(get("day", "")))


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.year in YEARS else None


def sections() -> list[tuple[int | None, str]]:
    return [(None, "any"), *Section.objects.values_list("pk", "name")]


def owners(person: Person, *, writes: bool) -> list[tuple[int | None, str]]:
    """Who can own a story, oneself first."""
    people = Person.objects.filter(is_active=True, roles__overlap=[Role.REPORTER, Role.EDITOR]).order_by("name")
    mine = [(person.pk, "me")] if writes else []
    return [(None, "anyone"), *mine, *people.exclude(pk=person.pk).values_list("pk", "name")[:200]]

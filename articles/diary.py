"""What will happen to stories by itself, by day: publications and withdrawals that are scheduled, embargoes and live
times that end, rights to pictures in published stories that run out."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from articles import picture_use
from articles.models import Draft, Revision, Schedule, Story
from articles.shelf import Filters
from media_assets.models import Asset, RightsRow, Use
from media_assets.rights import usability

MOST = 500  # entries of one span; more are counted out aloud rather than drawn


@dataclass(frozen=True)
class Entry:
    """One moment of a story. what: "publish", "withdraw", "embargo", "live" or "rights". trouble: why its last try
    failed. picture: whose right runs out; asset_id: its number in the library."""

    at: datetime
    what: str
    story: Story
    headline: str
    owner: str
    trouble: str = ""
    picture: str = ""
    asset_id: int | None = None


@dataclass(frozen=True)
class Day:
    """date: in the desk's zone. within: of the month that is shown, rather than a day of its neighbours."""

    date: date
    within: bool
    entries: list[Entry] = field(default_factory=list)


@dataclass(frozen=True)
class Diary:
    """A row of whole weeks. title: "8 to 14 September 2025". before, after: a day of the spans beside it."""

    days: list[Day]
    title: str
    before: date
    after: date
    more: bool


def diary(span: str, day: date, filters: Filters) -> Diary:
    """The week or month around ``day``, Mondays first, as far as section, owner and live mark of the filters go.

    Twelve queries at most, however much is planned.
    """
    first, last = _week(day) if span == "week" else _month(day)
    start, end = _week(first)[0], _week(last)[1]
    days = {
        start + timedelta(n): Day(start + timedelta(n), first <= start + timedelta(n) <= last)
        for n in range((end - start).days + 1)
    }
    entries = sorted(_entries(_midnight(start), _midnight(end + timedelta(1)), filters), key=lambda entry: entry.at)
    for entry in entries[:MOST]:
        days[timezone.localtime(entry.at).date()].entries.append(entry)
    return Diary(
        list(days.values()), _title(span, first, last), first - timedelta(1), last + timedelta(1), len(entries) > MOST
    )


def _entries(start: datetime, end: datetime, filters: Filters) -> list[Entry]:
    plans = Schedule.objects.filter(state=Schedule.State.WAITING, due_at__gte=start, due_at__lt=end)
    plans = plans.filter(**_wanted(filters, "story__"))
    beside = ("section", "owner", "published_revision")
    plans = plans.select_related("revision", *(f"story__{name}" for name in beside)).order_by("due_at", "pk")
    found = [
        Entry(
            plan.due_at,
            plan.move,
            plan.story,
            _headline(plan.story, plan.revision),
            plan.story.owner.name,
            plan.trouble,
        )
        for plan in plans[: MOST + 1]
    ]
    stories = Story.objects.filter(**_wanted(filters)).select_related(*beside)
    embargoed = stories.filter(embargo_until__gte=start, embargo_until__lt=end).prefetch_related("drafts__head")
    for story in embargoed.order_by("embargo_until", "pk")[: MOST + 1]:
        found += _of(story, "embargo", story.embargo_until, _newest(story))
    seen = stories.filter(readers=Story.Readers.PUBLISHED)
    live = seen.filter(live=True, live_until__gte=start, live_until__lt=end)
    for story in live.order_by("live_until", "pk")[: MOST + 1]:
        found += _of(story, "live", story.live_until, story.published_revision)
    return found + _rights(start, end, seen)


def _wanted(filters: Filters, before: str = "") -> dict[str, Any]:
    asked = (("section_id", filters.section_id), ("owner_id", filters.owner_id), ("live", filters.live))
    return {f"{before}{name}": wanted for name, wanted in asked if wanted}


def _of(story: Story, what: str, at: datetime | None, revision: Revision | None) -> list[Entry]:
    return [Entry(at, what, story, _headline(story, revision), story.owner.name)] if at else []


def _rights(start: datetime, end: datetime, stories: QuerySet[Story]) -> list[Entry]:
    """The moments at which a picture goes from the pages of ``stories`` because the last right to it runs out."""
    ending = RightsRow.objects.filter(allowed=True, use__in=(Use.ANY, Use.WEB), ends_at__gte=start, ends_at__lt=end)
    rows = list(ending.order_by("ends_at", "pk").values_list("asset_id", "ends_at")[: MOST + 1])
    assets = Asset.objects.prefetch_related("rights").in_bulk({asset_id for asset_id, _ in rows})
    over: dict[int, tuple[Asset, datetime]] = {}
    for asset_id, at in rows:
        assert at is not None
        asset = assets[asset_id]
        if (
            "ended" in usability(asset, Use.WEB, at).names
            and usability(asset, Use.WEB, at - timedelta(seconds=1)).allowed
        ):
            over[asset_id] = asset, at
    return [
        Entry(over[pk][1], "rights", story, _headline(story, None), story.owner.name, "", str(over[pk][0]), pk)
        for story, pk in picture_use.shown(stories, set(over), MOST + 1)
    ]


def _newest(story: Story) -> Revision | None:
    """What its open draft says, else what readers saw."""
    drafts = sorted(
        (one for one in story.drafts.all() if one.standing != Draft.Standing.CLOSED), key=lambda one: one.pk
    )
    return drafts[-1].head if drafts else story.published_revision


def _headline(story: Story, revision: Revision | None) -> str:
    revision = revision or story.published_revision
    return (revision.headline if revision else "") or "Untitled story"


def _week(day: date) -> tuple[date, date]:
    monday = day - timedelta(day.weekday())
    return monday, monday + timedelta(6)


def _month(day: date) -> tuple[date, date]:
    first = day.replace(day=1)
    return first, (first + timedelta(31)).replace(day=1) - timedelta(1)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=timezone.get_current_timezone())


def _title(span: str, first: date, last: date) -> str:
    if span == "month":
        return f"{first:%B %Y}"
    if first.month == last.month:
        return f"{first.day} to {last.day} {last:%B %Y}"
    year = "" if first.year == last.year else f" {first.year}"
    return f"{first.day} {first:%B}{year} to {last.day} {last:%B %Y}"

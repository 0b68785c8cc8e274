"""Rights that end soon: what ends when, who is told, and how long before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Min, Q
from django.urls import reverse

from media_assets import access, library, rights, usage
from media_assets.models import Asset, Condition, RightsRow, Use, Warned
from media_assets.reasons import day
from media_assets.usage import Concern
from newsroom import notices
from newsroom.accounts import Role
from newsroom.accounts.models import Person
from newsroom.notices import Kind
from newsroom.wording import quoted

DAYS = (30, 7, 1)
AHEAD = timedelta(days=DAYS[0])
MOST = 2000  # pictures looked at in one sweep, the next to end first
PLACES = {Use.WEB: "website", Use.FEED: "feeds", Use.MAIL: "newsletters", Use.SOCIAL: "social media"}

ENDING = Kind(
    name="media_assets.ending",
    label="The right to a picture ends soon",
    help="30 days, a week and a day before the last right to show a picture ends, that you brought in or that stands in a "
    "story of yours; of every picture in a story for the picture desk.",
    may=lambda person: person.has_role(*access.TELLS),
    mail=True,
    order=90,
)


@dataclass(frozen=True)
class Ending:
    """Where the picture may be shown now, and no more from a moment on, as long as nobody does anything."""

    asset: Asset
    ends_at: datetime
    uses: tuple[Use, ...]

    @property
    def places(self) -> str:
        if self.uses == tuple(Use.exits()):
            return "everywhere"
        *first, last = [PLACES[use] for use in self.uses]
        return f"{', '.join(first)} and {last}" if first else last


def of(asset: Asset, at: datetime) -> list[Ending]:
    """What ends within ``AHEAD``, the first first: one for each moment, with the exits that close then."""
    found: dict[datetime, list[Use]] = {}
    for use in Use.exits():
        if rights.usability(asset, use, at).allowed:
            ends = rights.allowed_until(asset, use, at)
            if ends is not None and ends - at <= AHEAD:
                found.setdefault(ends, []).append(use)
    return [Ending(asset, ends, tuple(uses)) for ends, uses in sorted(found.items())]


def candidates(at: datetime) -> list[int]:
    """The ids of pictures of which a row changes its answer within ``AHEAD``, the next first."""
    window = (at, at + AHEAD)
    ends = Q(ends_at__range=window) & (Q(allowed=True) | Q(condition=Condition.EXCEPTION))
    begins = Q(starts_at__range=window, allowed=False)
    rows = RightsRow.objects.filter(ends | begins, asset__withdrawn_at=None)
    return list(
        rows.values_list("asset_id", flat=True).annotate(next=Min("ends_at")).order_by("next", "asset_id")[:MOST]
    )


def coming(asset_ids: Sequence[int], at: datetime) -> list[Ending]:
    """What ends of these pictures, the next first. One query."""
    loaded = library.load(asset_ids)
    return sorted(
        (ending for pk in asset_ids if pk in loaded for ending in of(loaded[pk], at)),
        key=lambda ending: (ending.ends_at, ending.asset.pk),
    )


def stage(ending: Ending, at: datetime) -> int:
    """The number of days before which people are told now: the smallest that is reached."""
    return min(days for days in DAYS if ending.ends_at - at <= timedelta(days=days))


def warn(*, at: datetime) -> int:
    """Tell whom it concerns of every right that ends soon, once for each of 30, 7 and 1 days before; return how many were
    told of now. Whatever rows come and go meanwhile: the same end at the same moment is told once, another one anew.
    """
    endings = coming(candidates(at), at)
    known = set(
        Warned.objects.filter(asset__in={ending.asset.pk for ending in endings}, ends_at__gt=at).values_list(
            "asset_id", "ends_at", "uses", "days"
        )
    )
    due = [one for one in endings if _row(one, at) not in known]
    concerned = usage.concerns({one.asset.pk for one in due}, at)
    desk = list(Person.objects.filter(is_active=True, roles__contains=[Role.PICTURE_EDITOR])) if due else []
    owners: dict[int | None, Person] = {}  # what an agency's folder brought has none
    if due:
        owners |= {one.pk: one for one in Person.objects.filter(pk__in={one.asset.added_by_id for one in due})}
    return sum(_tell(one, concerned[one.asset.pk], desk, owners.get(one.asset.added_by_id), at) for one in due)


def _row(ending: Ending, at: datetime) -> tuple[int, datetime, str, int]:
    return ending.asset.pk, ending.ends_at, " ".join(ending.uses), stage(ending, at)


@transaction.atomic
def _tell(ending: Ending, stories: list[Concern], desk: list[Person], owner: Person | None, at: datetime) -> bool:
    asset_id, ends_at, uses, days = _row(ending, at)
    made, new = Warned.objects.get_or_create(
        asset_id=asset_id, ends_at=ends_at, uses=uses, days=days, defaults={"at": at}
    )
    if not new:  # another worker was first
        return False
    # A picture in no story concerns who brought it; where that person is gone, the picture desk.
    wide = bool(stories) or owner is None or not owner.is_active
    people = [*([owner] if owner else []), *(desk if wide else []), *(one for story in stories for one in story.people)]
    notices.tell(
        ENDING.name,
        people,
        key=f"{ENDING.name}:{made.pk}",
        title=f"The right to {quoted(ending.asset.title[:120])} ends on {day(ends_at)}",
        detail=f"It ends for: {ending.places}. {standing_in(stories)}",
        url=reverse("media-desk:asset", args=[asset_id]),
        at=at,
    )
    return True


def standing_in(stories: Iterable[Concern]) -> str:
    """The stories concerned, in a sentence."""
    titles = list(dict.fromkeys(quoted(story.title) for story in stories))
    if not titles:
        return "It stands in no story."
    rest = f" and {len(titles) - 3} more" if len(titles) > 3 else ""
    return f"It stands in {', '.join(titles[:3])}{rest}."

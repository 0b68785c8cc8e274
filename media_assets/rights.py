"""May this picture be shown there, now? One question with named reasons; asked when picked, published and rendered.

No role overrides an answer. A denial in force beats every permission; a picture for which nobody recorded a permission
is not shown.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from media_assets.events import ASSET_CHANGED
from media_assets.models import Asset, RightsRow, Use
from newsroom import audit
from newsroom.accounts.models import Person
from newsroom.outbox import record


class Reason(str):
    """Why a picture may not be shown: a sentence for people, with a ``name`` for code."""

    name: str

    def __new__(cls, name: str, sentence: str) -> Reason:
        made = super().__new__(cls, sentence)
        made.name = name
        return made


@dataclass(frozen=True)
class Usability:
    """The answer. ``reasons`` is empty exactly when ``allowed``."""

    allowed: bool
    reasons: list[Reason]

    @property
    def names(self) -> set[str]:
        return {reason.name for reason in self.reasons}

    @property
    def sentence(self) -> str:
        return " ".join(self.reasons)


class Refused(ValueError):
    """A rights row that cannot be: ``field`` and what to do about it."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message


def usability(asset: Asset, use: Use | str, at: datetime) -> Usability:
    """Say whether ``asset`` may be shown in ``use`` (web, feed, mail or social) at ``at``.

    No query when the asset came from ``library.load``, ``placements.load`` or with ``rights`` prefetched; else one.

    Raises:
        ValueError: ``use`` is "any", which is no place.
    """
    use = Use(use)
    if use is Use.ANY:
        raise ValueError("Ask for one use; “any” is no place.")
    reasons = []
    if asset.withdrawn_at is not None and asset.withdrawn_at <= at:
        reasons.append(Reason("withdrawn", f"It was withdrawn: {asset.withdrawn_reason}"))
    if not asset.credit.strip():
        reasons.append(Reason("no-credit", "It has no credit."))
    if not asset.alternative_text.strip():
        reasons.append(Reason("no-alternative-text", "It has no alternative text."))
    if (reason := _rights_reason(rows_of(asset), use, at)) is not None:
        reasons.append(reason)
    return Usability(not reasons, reasons)


def usable_anywhere(asset: Asset, at: datetime) -> bool:
    """Say whether any reader may meet the picture: what the file address itself asks."""
    return any(usability(asset, use, at).allowed for use in Use.exits())


def rows_of(asset: Asset) -> list[RightsRow]:
    return asset.rows if asset.rows is not None else list(asset.rights.all())


def changes_at(asset: Asset, at: datetime) -> datetime | None:
    """Return the next moment after ``at`` when an answer may change by itself: how long a page may be kept."""
    moments = [moment for row in rows_of(asset) for moment in (row.starts_at, row.ends_at)]
    return min((moment for moment in moments if moment and moment > at), default=None)


def allowed_until(asset: Asset, use: Use | str, at: datetime) -> datetime | None:
    """Return when a use that is allowed at ``at`` ends by itself; None: not in sight (or not allowed now)."""
    moment = changes_at(asset, at)
    while moment is not None and usability(asset, use, moment).allowed:
        moment = changes_at(asset, moment)
    return moment


def _rights_reason(rows: Iterable[RightsRow], use: Use, at: datetime) -> Reason | None:
    covering = [row for row in rows if row.covers(use)]
    place = "anywhere" if {row.use for row in covering} == {Use.ANY} else _place(use)
    for row in covering:
        if not row.allowed and row.in_force(at):
            until = f" until {day(row.ends_at)}" if row.ends_at else ""
            note = f" ({row.note})" if row.note else ""
            return Reason("denied", f"It may not be used {_place(row.use)}{until}{note}.")
    permissions = [row for row in covering if row.allowed]
    if any(row.in_force(at) for row in permissions):
        return None
    if not permissions:
        return Reason("no-right", f"Nobody has recorded a right to use it {_place(use)}.")
    coming = [row.starts_at for row in permissions if row.starts_at and row.starts_at > at]
    if coming:
        return Reason("not-yet", f"It may be used {place} from {day(min(coming))}.")
    ended = [row.ends_at for row in permissions if row.ends_at]
    return Reason("ended", f"The right to use it {place} ended on {day(max(ended))}.")


def _place(use: str) -> str:
    return {
        Use.ANY: "anywhere",
        Use.WEB: "on the website",
        Use.FEED: "in feeds",
        Use.MAIL: "in newsletters",
        Use.SOCIAL: "on social media",
    }[Use(use)]


def day(moment: datetime | None) -> str:
    """A moment as the reasons say it: "3 May 2026, 18:00 BST"."""
    assert moment is not None
    local = timezone.localtime(moment)
    return f"{local.day} {local:%B %Y}, {local:%H:%M %Z}"


def add(
    asset: Asset,
    *,
    person: Person,
    use: Use | str = Use.ANY,
    allowed: bool = True,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    note: str = "",
    at: datetime,
) -> RightsRow:
    """Record what the picture may be used for; the pages that show it follow.

    Raises:
        Refused: the end is not after the start, or a denial gives no reason.
    """
    if starts_at and ends_at and ends_at <= starts_at:
        raise Refused("ends_at", "The end must be after the start.")
    if ends_at and ends_at <= at:
        raise Refused("ends_at", "This moment has passed. Give a later one.")
    if not allowed and not note.strip():
        raise Refused("note", "Say why it may not be used: whoever meets the gap will ask.")
    with transaction.atomic():
        row = RightsRow.objects.create(
            asset=asset,
            use=Use(use),
            allowed=allowed,
            starts_at=starts_at,
            ends_at=ends_at,
            note=note.strip(),
            added_by=person,
            added_at=at,
        )
        record(ASSET_CHANGED, asset_id=asset.pk)
        # The days on which it begins and ends are events of their own, so that pages already published follow.
        for moment in (starts_at, ends_at):
            if moment and moment > at:
                record(ASSET_CHANGED, at=moment, asset_id=asset.pk)
        audit.note(person, "media_assets.add_right", f"asset:{asset.pk}", use=row.use, allowed=allowed, note=row.note)
    asset.rows = None
    return row


def end(row_id: int, *, asset_id: int, person: Person, at: datetime) -> bool:
    """Let a row end now. False: it had ended already, or somebody was first.

    A row that was ever in force stays, so that a later question about last week can be answered; one that has not
    begun never counted and goes.
    """
    with transaction.atomic():
        live = RightsRow.objects.filter(pk=row_id, asset_id=asset_id).filter(Q(ends_at=None) | Q(ends_at__gt=at))
        begun = live.filter(Q(starts_at=None) | Q(starts_at__lt=at)).update(ends_at=at)
        if not begun and not live.filter(starts_at__gte=at).delete()[0]:
            return False
        record(ASSET_CHANGED, asset_id=asset_id)
        audit.note(person, "media_assets.end_right", f"asset:{asset_id}", row=row_id)
    return True

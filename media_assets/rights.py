"""May this picture be shown there, now? One question with named reasons; asked when picked, published and rendered.

No role overrides an answer. A denial in force beats every permission; a picture for which nobody recorded a permission
is not shown. Three reasons (``reasons.EXCEPTABLE``) give way to an exception: a row with a name, a why and an end.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Q

from media_assets import reasons
from media_assets.events import ASSET_CHANGED
from media_assets.models import Asset, Condition, Currency, RightsRow, Use
from media_assets.reasons import Reason, Usability
from newsroom import audit
from newsroom.accounts.models import Person
from newsroom.outbox import record


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
    rows = rows_of(asset)
    found = []
    if asset.withdrawn_at is not None and asset.withdrawn_at <= at:
        found.append(Reason("withdrawn", f"It was withdrawn: {asset.withdrawn_reason}"))
    if not asset.credit.strip():
        found.append(Reason("no-credit", "It has no credit."))
    if not asset.alternative_text.strip():
        found.append(Reason("no-alternative-text", "It has no alternative text."))
    found += reasons.of_category(asset, rows, use, at)
    found += reasons.of_rows(rows, use, at)
    lifting = reasons.lifting(rows, use, at)
    standing = [reason for reason in found if reason.name not in lifting]
    lifted = {reason.name: lifting[reason.name] for reason in found if reason.name in lifting}
    return Usability(not standing, standing, reasons.warnings(asset, rows, lifted, use, at))


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


def add(
    asset: Asset,
    *,
    person: Person | None,
    use: Use | str = Use.ANY,
    allowed: bool = True,
    condition: Condition | str = "",
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    territory: str = "",
    exclusive: bool = False,
    cost: Decimal | None = None,
    currency: Currency | str = "",
    note: str = "",
    at: datetime,
) -> RightsRow:
    """Record what the picture may be used for, or a condition of its use; the pages that show it follow. person: None where
    the file itself says it, which allows nothing.

    Raises:
        Refused: the end is not after the start, a denial or condition gives no reason, an embargo no end, a cost no
            currency, or something is said that only a permission has.
    """
    if starts_at and ends_at and ends_at <= starts_at:
        raise Refused("ends_at", "The end must be after the start.")
    if ends_at and ends_at <= at:
        raise Refused("ends_at", "This moment has passed. Give a later one.")
    if condition == Condition.EXCEPTION:
        raise ValueError("An exception has a verb of its own.")
    if condition == Condition.EMBARGO and not ends_at:
        raise Refused("ends_at", "Say when the embargo is over.")
    allowed = allowed and not condition
    assert person is not None or not allowed
    if not allowed and condition != Condition.EMBARGO and not note.strip():
        raise Refused("note", "Say why it may not be used: whoever meets the gap will ask.")
    for field, said in (("territory", territory.strip()), ("exclusive", exclusive), ("cost", cost is not None)):
        if said and not allowed:
            raise Refused(field, "Only a permission has this. Leave it empty.")
    if cost is not None and cost < 0:
        raise Refused("cost", "Give what it cost, or leave it empty.")
    if cost is not None and not currency:
        raise Refused("currency", "Say in which currency.")
    return _write(
        asset,
        "media_assets.add_right",
        person,
        at,
        use=Use(use),
        allowed=allowed,
        condition=condition,
        starts_at=starts_at,
        ends_at=ends_at,
        territory=territory.strip(),
        exclusive=exclusive,
        cost=cost,
        currency=currency if cost is not None else "",
        note=note.strip(),
    )


def make_exception(
    asset: Asset, *, lifts: str, use: Use | str, reason: str, until: datetime | None, person: Person, at: datetime
) -> RightsRow:
    """Let a picture through, in spite of one reason, until a moment. Who may is ``access.may_except``.

    Raises:
        Refused: the reason ``lifts`` is hard, nothing is said why, or there is no end ahead.
    """
    if lifts not in reasons.EXCEPTABLE:
        raise Refused("lifts", "No exception is made from this.")
    if not reason.strip():
        raise Refused(
            "reason",
            "Say why it is let through, and who agreed. It stands with your name wherever the picture is picked.",
        )
    if len(reason.strip()) > 300:
        raise Refused("reason", f"Keep it under 300 characters; it has {len(reason.strip())}.")
    if until is None or until <= at:
        raise Refused("until", "Say until when: an exception always ends.")
    return _write(
        asset,
        "media_assets.make_exception",
        person,
        at,
        use=Use(use),
        allowed=False,
        condition=Condition.EXCEPTION,
        lifts=lifts,
        starts_at=at,
        ends_at=until,
        note=reason.strip(),
    )


def _write(asset: Asset, deed: str, person: Person | None, at: datetime, **said: Any) -> RightsRow:
    with transaction.atomic():
        row = RightsRow.objects.create(asset=asset, added_by=person, added_at=at, **said)
        record(ASSET_CHANGED, asset_id=asset.pk)
        # The days on which it begins and ends are events of their own, so that pages already published follow.
        for moment in (row.starts_at, row.ends_at):
            if moment and moment > at:
                record(ASSET_CHANGED, at=moment, asset_id=asset.pk)
        # Whole: a row that never came into force is removed later, and this is then all that is left of it.
        facts = {
            name: value if isinstance(value, bool) else str(value)
            for name, value in said.items()
            if value not in (None, "")
        }
        audit.note(person, deed, f"asset:{asset.pk}", row=row.pk, **facts)
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

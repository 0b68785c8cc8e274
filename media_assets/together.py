"""Changing many pictures at once: first what would change, line by line, then each in a transaction of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from media_assets import access, collecting, details, library, names, rights, standing
from media_assets.ingest import Refused
from media_assets.models import Agency, Asset, Use
from newsroom.accounts.models import Person
from newsroom.wording import quoted

MOST = 200
_LABELS = {"credit": "Credit", "agency": "Agency", "event": "Event", "people": "People shown"}


@dataclass(frozen=True, kw_only=True)
class Right:
    """A rights row for each. allowed, use, from when, until when, why."""

    allowed: bool
    use: str
    starts_at: datetime | None
    ends_at: datetime | None
    note: str


@dataclass(frozen=True, kw_only=True)
class Change:
    """What is to change; what is empty stays. people: added to those who are named already. collection: an id."""

    credit: str = ""
    agency: Agency | None = None
    event: str = ""
    people: tuple[str, ...] = ()
    right: Right | None = None
    collection: int | None = None
    collection_name: str = ""

    @property
    def is_empty(self) -> bool:
        return not (self.credit or self.agency or self.event or self.people or self.right or self.collection)


@dataclass(frozen=True)
class Line:
    """One picture. changes: (what, before, after), nothing where it is so already. refused: why it would not be changed,
    or was not. done: it was."""

    asset: Asset
    changes: list[tuple[str, str, str]]
    refused: str = ""
    done: bool = False


def preview(asset_ids: Iterable[int], change: Change, *, person: Person) -> list[Line]:
    """What ``apply`` would do to each picture, in the order of ``asset_ids``; those that are gone are left out."""
    wanted = list(dict.fromkeys(asset_ids))[:MOST]
    loaded = library.load(wanted)
    there = collecting.holding(wanted, change.collection) if change.collection else set()
    return [_line(loaded[pk], change, person, pk in there) for pk in wanted if pk in loaded]


def apply(versions: Mapping[int, int], change: Change, *, person: Person, at: datetime) -> list[Line]:
    """Change each picture (id -> the version that the preview showed), each on its own: what one is refused holds no
    other up, and the answer says so line by line."""
    return [
        _apply(line, change, version=versions[line.asset.pk], person=person, at=at)
        for line in preview(versions, change, person=person)
    ]


def _line(asset: Asset, change: Change, person: Person, collected: bool) -> Line:
    said = _said(asset, change)
    changes = [(_LABELS[field], _shown(getattr(asset, field)), _shown(value)) for field, value in said.items()]
    if change.right:
        changes.append(("Rights", "", _right(change.right)))
    if change.collection and not collected:
        changes.append(("Collection", "", change.collection_name))
    alters = bool(said or change.right)
    refused = "Your roles do not change this picture." if alters and not access.may_change(person, asset) else ""
    return Line(asset, changes, refused)


def _said(asset: Asset, change: Change) -> dict[str, Any]:
    """The fields that would be other than they are."""
    people = names.offered("\n".join([*asset.people, *change.people]))
    said: dict[str, Any] = {
        "credit": change.credit,
        "agency": change.agency,
        "event": change.event,
        "people": people if change.people else [],
    }
    return {field: value for field, value in said.items() if value and value != getattr(asset, field)}


def _apply(line: Line, change: Change, *, version: int, person: Person, at: datetime) -> Line:
    asset, said = line.asset, _said(line.asset, change)
    if line.refused or not line.changes:
        return line
    try:
        if said:
            details.amend(asset.pk, person=person, expected_version=version, said=said, at=at)
        elif asset.version != version:
            raise details.Stale(asset)
        if change.right:
            right = change.right
            rights.add(
                asset,
                person=person,
                use=right.use,
                allowed=right.allowed,
                starts_at=right.starts_at,
                ends_at=right.ends_at,
                note=right.note,
                at=at,
            )
            standing.settle([asset.pk], at=at)
        if change.collection:
            collecting.put([asset.pk], change.collection, person=person, at=at)
    except details.Stale:
        return Line(asset, line.changes, "Somebody else changed it meanwhile. It was left as they made it.")
    except (Refused, rights.Refused, collecting.Refused) as refused:
        return Line(asset, line.changes, refused.message)
    return Line(asset, line.changes, done=True)


def _shown(value: Any) -> str:
    return "; ".join(value) if isinstance(value, list) else str(value or "")


def _right(right: Right) -> str:
    where = Use(right.use).label.lower()
    until = f" until {timezone.localtime(right.ends_at):%-d %B %Y, %H:%M}" if right.ends_at else ""
    since = f" from {timezone.localtime(right.starts_at):%-d %B %Y, %H:%M}" if right.starts_at else ""
    note = f" ({quoted(right.note)})" if right.note else ""
    return f"{'May' if right.allowed else 'May not'} be used: {where}{since}{until}{note}"

"""What is said of a picture: credit, alternative text, caption, creator, agency, whether AI made it. Changing the credit changes every file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from django.db import transaction

from media_assets import making, renditions, rights, stamp, standing
from media_assets.events import ASSET_CHANGED
from media_assets.ingest import Refused, check_words
from media_assets.models import Agency, Asset, SourceType
from newsroom import audit
from newsroom.accounts.models import Person
from newsroom.outbox import record


class Stale(Exception):
    """Somebody else changed the picture meanwhile. ``theirs`` is what stands now."""

    def __init__(self, theirs: Asset) -> None:
        super().__init__("Somebody else changed this picture meanwhile.")
        self.theirs = theirs


CREDITED = ("credit", "creator", "copyright_notice", "source_type")  # what its files say
FIELDS = ("credit", "alternative_text", "caption", "creator", "copyright_notice", "source_type", "people", "event")


@dataclass(frozen=True)
class FirstRight:
    """What a new picture may be used for, stated together with its credit."""

    use: str
    ends_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Words:
    """Everything that a person says of a picture."""

    credit: str
    alternative_text: str
    caption: str = ""
    creator: str = ""
    copyright_notice: str = ""
    source_type: str = ""
    people: tuple[str, ...] = ()
    event: str = ""

    def tidy(self) -> dict[str, Any]:
        said = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: list(value) if isinstance(value, tuple) else value.strip() for name, value in said.items()}


def change(
    asset_id: int,
    *,
    person: Person,
    expected_version: int,
    words: Words,
    agency: Agency | None,
    at: datetime,
    right: FirstRight | None = None,
) -> Asset:
    """Store what a person says of a picture; pages, feeds and files follow at once.

    Placements keep their own caption and alternative text: an approval covers those. Only the credit follows live.

    Raises:
        rights.Refused: ``right`` cannot be.
        Refused: credit or alternative text is missing, or something is too long; whoever asks.
        Stale: the picture was changed since ``expected_version``.
        Asset.DoesNotExist: there is no such picture.
    """
    check_words(credit=words.credit, alternative_text=words.alternative_text)
    said = words.tidy() | {"agency": agency}
    return amend(asset_id, person=person, expected_version=expected_version, said=said, at=at, right=right)


def amend(
    asset_id: int,
    *,
    person: Person,
    expected_version: int,
    said: Mapping[str, Any],
    at: datetime,
    right: FirstRight | None = None,
) -> Asset:
    """Store some of what a person says of a picture (field -> value, "agency" among them); the rest stays as it is.

    Raises:
        rights.Refused, Refused, Stale, Asset.DoesNotExist: as ``change``; an empty credit is refused, too.
    """
    if "credit" in said and not said["credit"]:
        raise Refused("credit", "Say whose picture it is. No picture is shown without a credit.")
    for field, value in said.items():
        limit = getattr(Asset._meta.get_field(field), "max_length", None)
        if limit and isinstance(value, str) and len(value) > limit:
            raise Refused(field, f"Keep it under {limit} characters; it has {len(value)}.")
    if said.get("source_type", "") not in ("", *SourceType.values):
        raise Refused("source_type", "Choose one of the list.")
    with transaction.atomic():
        before = Asset.objects.select_related("agency").get(pk=asset_id)
        now = {field: said.get(field, getattr(before, field)) for field in CREDITED}
        digest = renditions.digest_of(before.sha256, renditions.credit_of(Asset(**now)))
        changed = Asset.objects.filter(pk=asset_id, version=expected_version).update(
            **said, digest=digest, recipe=stamp.RECIPE, version=expected_version + 1
        )
        if not changed:
            raise Stale(before)
        asset = Asset.objects.get(pk=asset_id)
        if right is not None:
            note = "Stated with the credit"
            rights.add(asset, person=person, use=right.use, ends_at=right.ends_at, note=note, at=at)
        standing.settle([asset_id], at=at)
        whole = making.recredit(asset, before.digest)
        if asset.is_complete and not whole:
            Asset.objects.filter(pk=asset_id).update(files_due_at=at, files_error="")
        record(ASSET_CHANGED, asset_id=asset_id)
        audit.note(
            person,
            "media_assets.change",
            f"asset:{asset_id}",
            fields=sorted(field for field, value in said.items() if getattr(before, field) != value),
            credit_before=before.credit,
            credit_after=asset.credit,
        )
    return asset

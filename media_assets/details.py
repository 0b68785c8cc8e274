"""What is said of a picture: credit, alternative text, caption, creator, agency, whether AI made it. Changing the credit changes every file."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime

from django.db import transaction

from media_assets import making, renditions, rights, stamp
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


FIELDS = ("credit", "alternative_text", "caption", "creator", "copyright_notice", "source_type")


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

    def tidy(self) -> dict[str, str]:
        return {field.name: getattr(self, field.name).strip() for field in fields(self)}


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
    said = words.tidy()
    for field, value in said.items():
        limit = getattr(Asset._meta.get_field(field), "max_length", None)
        if limit and len(value) > limit:
            raise Refused(field, f"Keep it under {limit} characters; it has {len(value)}.")
    if said["source_type"] not in ("", *SourceType.values):
        raise Refused("source_type", "Choose one of the list.")
    with transaction.atomic():
        before = Asset.objects.get(pk=asset_id)
        digest = renditions.digest_of(before.sha256, renditions.credit_of(Asset(**said)))
        changed = Asset.objects.filter(pk=asset_id, version=expected_version).update(
            **said, agency=agency, digest=digest, recipe=stamp.RECIPE, version=expected_version + 1
        )
        if not changed:
            raise Stale(before)
        asset = Asset.objects.get(pk=asset_id)
        if right is not None:
            note = "Stated with the credit"
            rights.add(asset, person=person, use=right.use, ends_at=right.ends_at, note=note, at=at)
        if digest != before.digest:
            making.recredit(asset, before.digest)
        if not making.present(asset):
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

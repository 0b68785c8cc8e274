"""The point of a picture that no crop may lose. What a person says stays; else the faces in it suggest one."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from media_assets.events import ASSET_CHANGED
from media_assets.ingest import Refused
from media_assets.models import Asset, FocusFrom
from newsroom import audit
from newsroom.accounts.models import Person
from newsroom.outbox import record


def point(asset_id: int, *, person: Person, x: int, y: int, at: datetime) -> None:
    """Set the focal point. Crops have a new address with it, and pages follow.

    Args:
        x, y: hundredths of width from the left and of height from the top, 0 to 100.

    Raises:
        Refused: ``field`` is "x" or "y".
        Asset.DoesNotExist: there is no such picture.
    """
    for field, value in (("x", x), ("y", y)):
        if not 0 <= value <= 100:
            raise Refused(field, "Give a number from 0 to 100.")
    with transaction.atomic():
        asset = Asset.objects.select_for_update().get(pk=asset_id)
        if (asset.focus_x, asset.focus_y, asset.focus_from) == (x, y, FocusFrom.PERSON):
            return
        _store(asset, person=person, at=at, focus_x=x, focus_y=y, focus_from=FocusFrom.PERSON)


def forget(asset_id: int, *, person: Person, at: datetime) -> None:
    """Take a person's focal point back; a worker looks for faces again.

    Raises:
        Asset.DoesNotExist: there is no such picture.
    """
    with transaction.atomic():
        asset = Asset.objects.select_for_update().get(pk=asset_id)
        if asset.focus_from != FocusFrom.PERSON:
            return
        _store(asset, person=person, at=at, focus_x=None, focus_y=None, focus_from="", files_due_at=at)


def _store(asset: Asset, *, person: Person, at: datetime, **focus: object) -> None:
    before = (asset.focus_x, asset.focus_y)
    Asset.objects.filter(pk=asset.pk).update(**focus)
    record(ASSET_CHANGED, asset_id=asset.pk)
    after = [focus["focus_x"], focus["focus_y"]]
    audit.note(person, "media_assets.focus", f"asset:{asset.pk}", before=before, after=after, at=at.isoformat())

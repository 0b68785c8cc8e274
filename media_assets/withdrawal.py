"""Taking a picture away from every reader at once (an agency's "delete", a complaint), and giving it back."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import F

from media_assets.events import ASSET_CHANGED
from media_assets.ingest import Refused
from media_assets.models import Asset, Removal
from newsroom import audit
from newsroom.accounts.models import Person
from newsroom.outbox import record


def withdraw(asset_id: int, *, person: Person | None, reason: str, at: datetime) -> bool:
    """Withdraw a picture; the pages that show it and its own addresses follow. False: it is withdrawn already.

    person: None where its agency took it back.

    Raises:
        Refused: no reason, or one of more than 300 characters.
    """
    if not reason.strip():
        raise Refused("reason", "Say why. Whoever meets the gap in a story will ask.")
    if len(reason.strip()) > 300:
        raise Refused("reason", f"Keep it under 300 characters; it has {len(reason.strip())}.")
    with transaction.atomic():
        there = Asset.objects.filter(pk=asset_id, withdrawn_at=None)
        if not there.update(withdrawn_at=at, withdrawn_reason=reason.strip(), version=F("version") + 1):
            return False
        record(ASSET_CHANGED, asset_id=asset_id)
        audit.note(person, "media_assets.withdraw", f"asset:{asset_id}", reason=reason.strip())
    return True


def reinstate(asset_id: int, *, person: Person, at: datetime) -> bool:
    """Give a withdrawn picture back, as far as its rights allow. False: it was not withdrawn.

    Raises:
        Refused: its agency took it back, and has not given it out again since.
    """
    if Removal.objects.filter(asset=asset_id).exists():
        raise Refused("", "Getty Images took it back. By contract it stays away until Getty gives it out again.")
    with transaction.atomic():
        gone = Asset.objects.filter(pk=asset_id, withdrawn_at__isnull=False)
        if not gone.update(withdrawn_at=None, withdrawn_reason="", version=F("version") + 1):
            return False
        record(ASSET_CHANGED, asset_id=asset_id)
        audit.note(person, "media_assets.reinstate", f"asset:{asset_id}", at=at.isoformat())
    return True

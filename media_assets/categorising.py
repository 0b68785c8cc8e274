"""Saying what kind of picture it is, with what must be known for that."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from media_assets import categories
from media_assets.events import ASSET_CHANGED
from media_assets.inspection import Refused
from media_assets.models import Asset
from newsroom import audit
from newsroom.accounts.models import Person
from newsroom.outbox import record

LONGEST = 600  # characters of one fact


def categorise(asset_id: int, *, category: str, facts: Mapping[str, str], person: Person | None, at: datetime) -> Asset:
    """Store the kind of a picture and its facts; the pages that show it follow. person: None where the agency's own
    answer says it.

    Raises:
        Refused: ``field`` is "category" or the name of a fact that is missing, too long or none of those on offer.
        Asset.DoesNotExist: there is no such picture.
    """
    kind = categories.named(category)
    if kind is None:
        raise Refused("category", "Choose what kind of picture it is.")
    said = {fact.name: facts.get(fact.name, "").replace("\0", "").strip() for fact in kind.asks}
    for fact in kind.asks:
        if not said[fact.name] and not fact.optional:
            raise Refused(fact.name, f"{kind.label}: say “{fact.label}”. Without it the picture is shown nowhere.")
        if len(said[fact.name]) > LONGEST:
            raise Refused(fact.name, f"Keep it under {LONGEST} characters; it has {len(said[fact.name])}.")
        if said[fact.name] and fact.choices and said[fact.name] not in fact.choices:
            raise Refused(fact.name, "Choose one of these.")
    with transaction.atomic():
        before = Asset.objects.select_for_update(no_key=True).get(pk=asset_id)
        Asset.objects.filter(pk=asset_id).update(category=kind.name, category_facts=said)
        record(ASSET_CHANGED, asset_id=asset_id)
        audit.note(
            person,
            "media_assets.categorise",
            f"asset:{asset_id}",
            before=before.category,
            category=kind.name,
            facts=said,
        )
    return Asset.objects.get(pk=asset_id)

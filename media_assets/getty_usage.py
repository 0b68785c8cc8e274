"""Reporting to Getty Images where its pictures are used: each use once, whatever dies in between.

A use is a row. Rows are put into a batch, whose number follows from them, in one transaction with the event that reports
it. A report that was cut off is sent again under the same number; Getty then answers 409, and we know that it is there.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.db import transaction

from media_assets import getty
from media_assets.events import USES_GATHERED
from media_assets.getty_asking import said, told
from media_assets.models import AgencyUse, Asset, UsageBatch
from newsroom.outbox import record

MOST = 1000  # uses of one batch, by Getty's own rule
UNKNOWN = "Getty Images does not know this picture."
_SPACE = uuid.UUID("5f0f4c0a-5b3e-4d0c-9a53-3b8b4e6f2a71")


def note(asset_ids: Iterable[int], *, place: str, at: datetime) -> int:
    """Write down that Getty's among these pictures are used in a place, from ``at``; return how many uses are new. Where
    they stood before, they are known."""
    if not getty.connected():
        return 0
    theirs = Asset.objects.filter(pk__in=set(asset_ids), agency__name__iexact=getty.AGENCY).exclude(supplier_id="")
    known = AgencyUse.objects.filter(place=place).values("asset")
    rows = [
        AgencyUse(asset_id=pk, place=place, used_at=at)
        for pk in theirs.exclude(pk__in=known).values_list("pk", flat=True)
    ]
    AgencyUse.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


@transaction.atomic
def gather(*, at: datetime) -> UsageBatch | None:
    """Put the uses that are in no batch into one, and have it reported. None: there are none, or Getty is not connected."""
    if not getty.connected():
        return None
    waiting = AgencyUse.objects.filter(batch=None, refused="").order_by("pk")
    rows = list(waiting.select_for_update(skip_locked=True, of=("self",)).select_related("asset")[:MOST])
    return _batch(rows, at) if rows else None


def _batch(uses: list[AgencyUse], at: datetime) -> UsageBatch:
    # The site's address, because the numbers of rows are those of another newsroom's too.
    named = " ".join([settings.ORIGIN, *(f"{use.asset.supplier_id}@{use.place}" for use in uses)])
    batch, _ = UsageBatch.objects.update_or_create(
        number=uuid.uuid5(_SPACE, named), defaults={"made_at": at, "split_at": None, "error": ""}
    )
    AgencyUse.objects.filter(pk__in=[use.pk for use in uses]).update(batch=batch)
    record(USES_GATHERED, batch=str(batch.number))
    return batch


def report(number: str, *, at: datetime) -> None:
    """Report a batch, in the transaction that marks it reported.

    All its uses get in, or none: pictures that Getty does not know are set aside, and the others reported anew.

    Raises:
        Problem: Getty does not take it now; the outbox tries again.
    """
    batch = UsageBatch.objects.select_for_update().filter(pk=number, reported_at=None, split_at=None).first()
    uses = (
        list(AgencyUse.objects.filter(batch=uuid.UUID(number)).select_related("asset").order_by("pk")) if batch else []
    )
    if batch is None or not uses:
        return
    rows = [
        {"asset_id": use.asset.supplier_id, "quantity": 1, "usage_date": use.used_at.date().isoformat()} for use in uses
    ]
    body = json.dumps({"asset_usages": rows}).encode()
    answer = told("PUT", f"/v3/usage-batches/{number}", body, fine=(200, 201, 400, 409))
    if answer.status != 400:
        UsageBatch.objects.filter(pk=number).update(reported_at=at)
        return
    found = said(answer)
    named = found.get("invalid_assets")
    unknown = {one for one in named if isinstance(one, str)} if isinstance(named, list) else set()
    why = str(found.get("ErrorMessage") or found.get("message") or "")[:200]
    _split(uses, unknown, why, at)
    UsageBatch.objects.filter(pk=number).update(split_at=at, error=why or UNKNOWN)


def _split(uses: list[AgencyUse], unknown: set[str], why: str, at: datetime) -> None:
    """Nothing of it got in. Set aside what Getty named; where it named nothing, halve until one use is left alone."""
    refused = [use.pk for use in uses if use.asset.supplier_id in unknown]
    rest = [use for use in uses if use.pk not in refused]
    if refused:
        AgencyUse.objects.filter(pk__in=refused).update(batch=None, refused=UNKNOWN)
        parts = [rest]
    elif len(uses) == 1:
        words = f"Getty Images did not take it: {why or 'it gave no reason'}."
        AgencyUse.objects.filter(pk=uses[0].pk).update(batch=None, refused=words)
        parts = []
    else:
        parts = [uses[: len(uses) // 2], uses[len(uses) // 2 :]]
    for part in parts:
        if part:
            _batch(part, at)


def again(use_id: int) -> bool:
    """Have a use that was set aside reported once more. False: it is not set aside."""
    return bool(AgencyUse.objects.filter(pk=use_id, batch=None).exclude(refused="").update(refused=""))

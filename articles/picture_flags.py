"""What the board says of the pictures of a story: a right that ended or ends soon, a credit or a text that is missing.

By what stands written down beside each picture (``media_assets.standing``), which is what the website is asked: two queries for any number of rows.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import OuterRef, Q, Subquery

from articles.models import Reference, Revision
from media_assets.models import Asset, ImagePlacement, Standing

SOON = timedelta(days=7)
"""As the checks warn (``media_assets.blocks``): what the board flags is found there word by word."""


@dataclass(frozen=True)
class Flag:
    """kind: "withdrawn", "ended", "credit", "text", "incomplete", "barred" or "ending", the worst first. until: when the
    right ends, of "ending". others: how many more pictures of the story have something of their own."""

    kind: str
    until: datetime | None = None
    others: int = 0


_WORST_FIRST = ("withdrawn", "ended", "credit", "text", "incomplete", "barred", "ending")


def of(revision_ids: Collection[int], at: datetime) -> dict[int, Flag]:
    """Revision id -> what is wrong with its pictures at ``at``, its lead picture among them; those without fault are left
    out. Two queries at most."""
    wanted = set(revision_ids)
    if not wanted:
        return {}
    leads = Revision.objects.filter(pk__in=wanted, lead_image__isnull=False)
    asset = ImagePlacement.objects.filter(pk=OuterRef("placement_id")).values("asset_id")
    inside = Reference.objects.filter(revision__in=wanted, kind="image").annotate(asset=Subquery(asset[:1]))
    shown = set(
        leads.order_by()
        .values_list("pk", "lead_image__asset_id")
        .union(inside.order_by().values_list("revision_id", "asset"))
    )
    if not shown:
        return {}
    said = ~Q(standing=Standing.USABLE) | Q(usable_until__lt=at + SOON)
    flawed = Asset.objects.filter(said, pk__in={asset_id for _, asset_id in shown})
    facts = flawed.values_list("pk", "standing", "usable_until", "credit", "alternative_text")
    flags = {pk: _flag(state, until, credit, words, at) for pk, state, until, credit, words in facts}
    found: dict[int, list[Flag]] = {}
    for revision_id, asset_id in shown:
        if asset_id in flags:
            found.setdefault(revision_id, []).append(flags[asset_id])
    return {revision_id: _worst(those) for revision_id, those in found.items()}


def _flag(standing: str, until: datetime | None, credit: str, alternative_text: str, at: datetime) -> Flag:
    if standing == Standing.USABLE:
        # What ended in this minute is written down by its event, a moment later.
        return Flag("ending", until) if until is not None and until > at else Flag("ended")
    if standing == Standing.INCOMPLETE:
        return Flag("credit" if not credit.strip() else "text" if not alternative_text.strip() else "incomplete")
    return Flag({Standing.WITHDRAWN: "withdrawn", Standing.ENDED: "ended"}.get(Standing(standing), "barred"))


def _worst(flags: list[Flag]) -> Flag:
    first = min(flags, key=lambda one: (_WORST_FIRST.index(one.kind), one.until.timestamp() if one.until else 0))
    return Flag(first.kind, first.until, len(flags) - 1)

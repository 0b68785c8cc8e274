"""Assets with all that templates and rights ask for, in one query."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet
from django.db.models.functions import JSONObject
from django.utils.dateparse import parse_datetime

from media_assets.models.asset import Asset
from media_assets.models.rendition import Rendition
from media_assets.models.rights import RightsRow

_ROW = (
    "pk", "use", "allowed", "starts_at", "ends_at", "note", "condition", "lifts", "territory", "exclusive", "cost",
    "currency",
)  # fmt: skip


def made_of(asset: str) -> ArraySubquery:
    """The present renditions of the asset at ``asset`` (a path to its row), as JSON beside it: no second query."""
    prefix = f"{asset}__" if asset else ""
    rows = Rendition.objects.filter(asset=OuterRef(f"{prefix}pk"), digest=OuterRef(f"{prefix}digest"))
    return ArraySubquery(
        rows.order_by("width", "format").values(
            json=JSONObject(pk="pk", digest="digest", format="format", width="width", height="height", bytes="bytes")
        )
    )


def rows_of(asset: str) -> ArraySubquery:
    """The rights rows of the asset at ``asset``, as JSON beside it: no second query."""
    rows = RightsRow.objects.filter(asset=OuterRef(f"{asset}__pk" if asset else "pk"))
    return ArraySubquery(
        rows.order_by("use", "starts_at", "pk").values(
            json=JSONObject(**{name: name for name in _ROW}, by="added_by__name")
        )
    )


def unpack(asset: Asset, made: Iterable[dict[str, Any]], rows: Iterable[dict[str, Any]]) -> Asset:
    """Hang what came along as JSON onto the asset, as unsaved rows."""
    asset.made = [Rendition(asset_id=asset.pk, **row) for row in made]
    asset.rows = [_row(asset, **row) for row in rows]
    return asset


def _row(
    asset: Asset, *, by: str | None, starts_at: str | None, ends_at: str | None, cost: Any, **said: Any
) -> RightsRow:
    row = RightsRow(
        asset_id=asset.pk,
        starts_at=parse_datetime(starts_at) if starts_at else None,
        ends_at=parse_datetime(ends_at) if ends_at else None,
        cost=None if cost is None else Decimal(str(cost)),
        **said,
    )
    row.by = by or ""
    return row


def with_everything(assets: QuerySet[Asset], *, found: bool = False) -> list[Asset]:
    """Fetch assets with agency, renditions and rights in ONE query; ``found``: also what their files said."""
    bare = assets.defer("words") if found else assets.defer("words", "found")
    rows = bare.select_related("agency").annotate(_made=made_of(""), _rows=rows_of(""))
    return [unpack(asset, asset._made, asset._rows) for asset in rows]


def load(ids: Iterable[int], *, found: bool = False) -> Mapping[int, Asset]:
    """Return assets by id with agency, renditions and rights, in one query; absent ones are left out."""
    return {asset.pk: asset for asset in with_everything(Asset.objects.filter(pk__in=set(ids)), found=found)}

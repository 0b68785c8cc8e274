"""What happens to pictures that others act upon."""

from __future__ import annotations

from newsroom.outbox import event

ASSET_ADDED = event("asset.added", fields=("asset_id",))
ASSET_CHANGED = event("asset.changed", fields=("asset_id",))
"""Credit, rights, renditions or withdrawal: every page that shows the picture is drawn again."""

ASSET_LEFT = event("asset.left", fields=("asset_id", "departure_id"))
"""Readers met it somewhere and may no more: each exit says for itself that it is gone from there."""

USES_GATHERED = event("asset.uses-gathered", fields=("batch",))
"""Uses of an agency's pictures stand together in a batch, to be reported to it."""

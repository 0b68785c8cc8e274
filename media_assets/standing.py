"""Where each picture stands, written down beside it, so that the library's filters are looks into an index.

The answer is ``rights.usability``'s for the website, and no other: whatever that comes to ask, this follows. It is written
with each change, and again by the event of each change and of each moment at which a right begins or ends.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from media_assets import library, rights
from media_assets.models import Asset, Standing, Use

# The first name that holds decides; what is not here bars it.
_NAMES = (
    ({"withdrawn"}, Standing.WITHDRAWN),
    (
        {
            "no-credit",
            "no-alternative-text",
            "no-right",
            "category-unknown",
            "category-incomplete",
            "credit-names",
            "needs-end",
            "no-cost",
        },
        Standing.INCOMPLETE,
    ),
    ({"ended"}, Standing.ENDED),
)


def of(asset: Asset, at: datetime) -> tuple[Standing, datetime | None]:
    """Return where it stands at ``at``, and until when the website may show it if that is in sight."""
    found = rights.usability(asset, Use.WEB, at)
    if found.allowed:
        return Standing.USABLE, rights.allowed_until(asset, Use.WEB, at)
    return next((standing for names, standing in _NAMES if names & found.names), Standing.BARRED), None


def settle(asset_ids: Iterable[int], *, at: datetime) -> None:
    """Write down where these pictures stand now."""
    for asset in library.load(asset_ids).values():
        standing, until = of(asset, at)
        if (asset.standing, asset.usable_until) != (standing, until):
            Asset.objects.filter(pk=asset.pk).update(standing=standing, usable_until=until)

"""A library picture inside a block: shown only where its rights allow that exit now."""

from __future__ import annotations

from datetime import datetime

from media_assets import crops, renditions, rights
from media_assets.models import Asset, Use
from newsroom.blocks import Target

USES = {Target.WEB: Use.WEB, Target.MAIL: Use.MAIL, Target.TEXT: Use.MAIL, Target.FEED: Use.FEED, Target.DESK: Use.WEB}


def shown(asset: Asset | None, target: Target, at: datetime, *, shape: str = "") -> renditions.Picture | None:
    """An asset's picture, whole or in one of ``crops.SHAPES``, if its files are made and its rights allow this exit at ``at``."""
    if asset is None or not rights.usability(asset, USES[target], at).allowed:
        return None
    picture = crops.picture(asset, crops.SHAPES[shape]) if shape else renditions.picture(asset, shown=480)
    return picture if picture.ready else None

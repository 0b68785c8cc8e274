from __future__ import annotations

from media_assets.models.agency import Agency
from media_assets.models.asset import Asset, FocusFrom
from media_assets.models.placement import ImagePlacement, PlacementIsFixed
from media_assets.models.rendition import Rendition
from media_assets.models.rights import RightsRow, Use
from media_assets.models.source_type import SourceType

__all__ = [
    "Agency",
    "Asset",
    "FocusFrom",
    "ImagePlacement",
    "PlacementIsFixed",
    "Rendition",
    "RightsRow",
    "SourceType",
    "Use",
]

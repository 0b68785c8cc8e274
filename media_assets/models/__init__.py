from __future__ import annotations

from media_assets.models.agency import Agency
from media_assets.models.asset import Asset, Shape, Standing
from media_assets.models.collection import Collection, CollectionItem
from media_assets.models.feed import FeedFile
from media_assets.models.likeness import Likeness, Resemblance
from media_assets.models.placement import ImagePlacement, PlacementIsFixed
from media_assets.models.rendition import Rendition
from media_assets.models.rights import RightsRow, Use

__all__ = [
    "Agency",
    "Asset",
    "Collection",
    "CollectionItem",
    "FeedFile",
    "ImagePlacement",
    "Likeness",
    "PlacementIsFixed",
    "Rendition",
    "Resemblance",
    "RightsRow",
    "Shape",
    "Standing",
    "Use",
]

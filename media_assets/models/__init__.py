from __future__ import annotations

from media_assets.models.agency import Agency
from media_assets.models.asset import Asset, FocusFrom, Shape, Standing
from media_assets.models.collection import Collection, CollectionItem
from media_assets.models.feed import FeedFile
from media_assets.models.getty import AgencyUse, ChangeSet, Listening, Removal, UsageBatch
from media_assets.models.leaving import Departure, Openness, PictureReceipt, Warned
from media_assets.models.likeness import Likeness, Resemblance
from media_assets.models.placement import ImagePlacement, PlacementIsFixed
from media_assets.models.rendition import Rendition
from media_assets.models.rights import Condition, Currency, RightsRow, Use
from media_assets.models.source_type import SourceType

__all__ = [
    "Agency",
    "AgencyUse",
    "Asset",
    "ChangeSet",
    "Collection",
    "CollectionItem",
    "Condition",
    "Currency",
    "Departure",
    "FeedFile",
    "FocusFrom",
    "ImagePlacement",
    "Likeness",
    "Listening",
    "Openness",
    "PictureReceipt",
    "PlacementIsFixed",
    "Removal",
    "Rendition",
    "Resemblance",
    "RightsRow",
    "Shape",
    "SourceType",
    "Standing",
    "UsageBatch",
    "Use",
    "Warned",
]

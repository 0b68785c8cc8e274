"""Pictures that somebody has put together under a name."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from media_assets.models.asset import Asset


class Collection(models.Model):
    """A named heap of pictures ("Trooping the Colour, candidates"). It has no order."""

    name = models.CharField(max_length=120)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                Lower("name"), name="collection_name_once", violation_error_message="There is one of this name already."
            ),
            models.CheckConstraint(condition=models.Q(name__regex=r"\S"), name="collection_has_name"),
        ]

    def __str__(self) -> str:
        return self.name


class CollectionItem(models.Model):
    collection = models.ForeignKey(Collection, on_delete=models.CASCADE, related_name="items")
    asset = models.ForeignKey(Asset, on_delete=models.CASCADE, related_name="collected")
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["collection", "asset"], name="collection_item_once")]

    def __str__(self) -> str:
        return f"{self.asset_id} in {self.collection_id}"

"""A picture in one story: which, and what that story says of it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from media_assets.models.asset import Asset


class PlacementIsFixed(TypeError):
    """Somebody tried to change a placement. An approved revision names it by id, so other words need another row."""


class FixedRows(models.QuerySet["ImagePlacement"]):
    def update(self, **kwargs: Any) -> int:
        raise PlacementIsFixed("A placement is never changed; make a new one.")


class ImagePlacement(models.Model):
    """What a block's id or a story's lead picture names. Never changed: the database refuses it as well."""

    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="placements")
    caption = models.TextField(blank=True)
    alternative_text = models.CharField(max_length=500)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[models.Manager[ImagePlacement]] = models.Manager.from_queryset(FixedRows)()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(alternative_text__regex=r"\S"), name="placement_has_alternative_text"
            ),
        ]

    def __str__(self) -> str:
        return self.caption or self.alternative_text

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Store a new placement.

        Raises:
            PlacementIsFixed: the placement exists already.
        """
        if self.pk is not None and not self._state.adding:
            raise PlacementIsFixed("A placement is never changed; make a new one.")
        super().save(*args, **kwargs)

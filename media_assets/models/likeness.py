"""What a picture looks like, as numbers that near copies share, and which pairs somebody has looked at."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from media_assets.models.asset import Asset


class Likeness(models.Model):
    """The difference hashes of one picture, and the parts of them that the index holds (``likeness.keys``)."""

    asset = models.OneToOneField(Asset, on_delete=models.CASCADE, primary_key=True, related_name="likeness")
    hashes = ArrayField(models.BigIntegerField(), help_text="Of the whole, and of two cuts from its middle.")
    keys = ArrayField(models.IntegerField())

    class Meta:
        # Without a list of what is still to be sorted in: each of two thousand look-ups would read all of it.
        indexes = [GinIndex(fields=["keys"], name="likeness_keys", fastupdate=False)]

    def __str__(self) -> str:
        return f"Likeness of {self.asset_id}"


class Resemblance(models.Model):
    """Two pictures that look alike. Nothing follows from it by itself: a person decides."""

    class Decision(models.TextChoices):
        OPEN = "", "Not decided"
        SAME = "same", "The same picture"
        DIFFERENT = "different", "Two pictures"

    newer = models.ForeignKey(Asset, on_delete=models.CASCADE, related_name="resembles")
    older = models.ForeignKey(Asset, on_delete=models.CASCADE, related_name="resembled_by")
    distance = models.PositiveSmallIntegerField(help_text="Bits of 64 in which they differ.")
    found_at = models.DateTimeField()
    decision = models.CharField(max_length=10, choices=Decision.choices, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["distance", "older"]
        constraints = [
            models.UniqueConstraint(fields=["newer", "older"], name="resemblance_once"),
            models.CheckConstraint(condition=models.Q(newer__gt=models.F("older")), name="resemblance_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.newer_id} looks like {self.older_id}"

"""That a picture left the readers, by which exits, and when; and whom we warned before."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from media_assets.models.asset import Asset
from newsroom.exits.receipts import AnyReceipt


class Openness(models.Model):
    """Where readers could meet the picture when that was last looked at: what a departure is told from."""

    asset = models.OneToOneField(Asset, on_delete=models.CASCADE, primary_key=True, related_name="openness")
    uses = ArrayField(models.CharField(max_length=8), default=list)

    class Meta:
        verbose_name_plural = "openness"

    def __str__(self) -> str:
        return ", ".join(self.uses)


class Departure(models.Model):
    """Readers met it there, and may no more. ``returned_at``: they may again, in all of ``uses``."""

    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="departures")
    uses = ArrayField(models.CharField(max_length=8))
    name = models.CharField(max_length=20, help_text="The reason's name: ``rights.usability``.")
    reason = models.CharField(max_length=600)
    at = models.DateTimeField(help_text="When the right ended, or somebody took it away.")
    returned_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["asset"], condition=Q(returned_at=None), name="departure_open"),
            models.Index(fields=["-at", "-id"], name="departure_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.asset} {self.at}"


class PictureReceipt(AnyReceipt):
    """Asked for in the transaction that notices the departure; acknowledged by the exit itself, once."""

    departure = models.ForeignKey(Departure, on_delete=models.PROTECT, related_name="receipts")

    class Meta(AnyReceipt.Meta):
        constraints = [models.UniqueConstraint(fields=["departure", "exit"], name="picture_receipt_once")]

    def __str__(self) -> str:
        return f"{self.exit} of {self.departure_id}"


class Warned(models.Model):
    """People were told that a right ends at a moment, so many days before: once, however often anybody looks."""

    asset = models.ForeignKey(Asset, on_delete=models.CASCADE, related_name="+")
    ends_at = models.DateTimeField()
    uses = models.CharField(max_length=40)
    days = models.PositiveSmallIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["asset", "ends_at", "uses", "days"], name="picture_warned_once"),
        ]

    def __str__(self) -> str:
        return f"{self.asset_id}: {self.days} days before {self.ends_at}"

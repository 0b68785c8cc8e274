"""What Getty Images told us of its pictures, and what we told it of our uses: ledgers, so that a crash forgets nothing and
says nothing twice."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from media_assets.models.asset import Asset


class ChangeSet(models.Model):
    """One set of changes as Getty gave it out. Confirmed only once what it asks for is committed."""

    number = models.CharField(max_length=64, unique=True, help_text="Getty's change_set_id.")
    received_at = models.DateTimeField()
    changes = models.PositiveIntegerField(help_text="How many pictures it names.")
    removals = models.PositiveIntegerField(default=0, help_text="How many of them it takes away.")
    confirmed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-received_at", "-pk"]

    def __str__(self) -> str:
        return self.number


class Removal(models.Model):
    """Getty took a picture of ours away: by contract it stays away until Getty says otherwise."""

    asset = models.OneToOneField(Asset, on_delete=models.PROTECT, related_name="removal")
    change_set = models.ForeignKey(ChangeSet, on_delete=models.PROTECT, related_name="taken")
    said_at = models.DateTimeField(help_text="When Getty changed it.")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.asset_id} of {self.change_set_id}"


class Listening(models.Model):
    """How we do at hearing of Getty's changes: one row for each channel."""

    channel = models.CharField(max_length=40, primary_key=True)
    heard_at = models.DateTimeField(null=True, blank=True, help_text="When Getty last answered as it should.")
    failing_since = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return self.channel


class UsageBatch(models.Model):
    """Uses that are reported at once, at most 1,000: all of them get in, or none. ``number`` follows from the uses in it,
    so that the same batch is never two to Getty."""

    number = models.UUIDField(primary_key=True)
    made_at = models.DateTimeField()
    reported_at = models.DateTimeField(null=True, blank=True)
    split_at = models.DateTimeField(
        null=True, blank=True, help_text="Refused as a whole: its uses are in two others now."
    )
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-made_at", "pk"]
        verbose_name_plural = "usage batches"

    def __str__(self) -> str:
        return str(self.number)


class AgencyUse(models.Model):
    """One use of an agency's picture: in one place ("story:12"), once, whatever becomes of the place later."""

    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="agency_uses")
    place = models.CharField(max_length=40)
    used_at = models.DateTimeField()
    batch = models.ForeignKey(UsageBatch, on_delete=models.PROTECT, null=True, blank=True, related_name="uses")
    refused = models.CharField(max_length=300, blank=True, help_text="What Getty said of this use alone.")

    class Meta:
        ordering = ["-used_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["asset", "place"], name="agency_use_once")]
        indexes = [
            models.Index(fields=["id"], condition=Q(batch=None), name="agency_use_unreported"),
            models.Index(fields=["batch"], name="agency_use_batch"),
        ]

    def __str__(self) -> str:
        return f"{self.asset_id} in {self.place}"

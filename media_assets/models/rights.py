"""What a picture may be used for, and when."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils import timezone

from media_assets.models.asset import Asset


class Use(models.TextChoices):
    """Where a picture is shown. ``ANY`` stands in rights rows only."""

    ANY = "any", "Everywhere"
    WEB = "web", "Website"
    FEED = "feed", "Feeds"
    MAIL = "mail", "Newsletters"
    SOCIAL = "social", "Social media"

    @classmethod
    def exits(cls) -> list[Use]:
        return [use for use in cls if use is not cls.ANY]


class RightsRow(models.Model):
    """One permission or denial: a use, from when, until when. A denial in force beats every permission."""

    asset = models.ForeignKey(Asset, on_delete=models.CASCADE, related_name="rights")
    use = models.CharField(max_length=8, choices=Use.choices, default=Use.ANY)
    allowed = models.BooleanField(default=True)
    starts_at = models.DateTimeField(null=True, blank=True, help_text="In force from this moment; empty: from always.")
    ends_at = models.DateTimeField(null=True, blank=True, help_text="In force until just before it; empty: for good.")
    note = models.CharField(max_length=300, blank=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["use", "starts_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(starts_at=None)
                | models.Q(ends_at=None)
                | models.Q(ends_at__gt=models.F("starts_at")),
                name="rights_end_after_start",
                violation_error_message="The end must be after the start.",
            ),
            models.CheckConstraint(condition=models.Q(use__in=Use.values), name="rights_use_known"),
        ]

    def __str__(self) -> str:
        return f"{self.get_use_display()}: {'allowed' if self.allowed else 'not allowed'}"

    def covers(self, use: str) -> bool:
        return self.use in (Use.ANY, use)

    def in_force(self, at: datetime) -> bool:
        return (self.starts_at is None or self.starts_at <= at) and (self.ends_at is None or at < self.ends_at)

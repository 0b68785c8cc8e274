"""What agencies have laid into their folders, and what became of it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from media_assets.models.asset import Asset


class FeedFile(models.Model):
    """One file of a watched folder. Name, size and time of change together say which: the same name may come again."""

    class State(models.TextChoices):
        ARRIVING = "arriving", "Arriving"
        TAKEN = "taken", "Taken in"
        REFUSED = "refused", "Refused"

    folder = models.CharField(max_length=120)
    name = models.CharField(max_length=255)
    size = models.BigIntegerField()
    changed = models.BigIntegerField(help_text="When the file was changed, in nanoseconds since 1970.")
    seen_at = models.DateTimeField(help_text="When it was first seen like this.")
    state = models.CharField(max_length=10, choices=State.choices, default=State.ARRIVING)
    message = models.CharField(max_length=400, blank=True)
    asset = models.ForeignKey(Asset, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-settled_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["folder", "name", "size", "changed"], name="feed_file_once"),
        ]
        indexes = [
            models.Index(fields=["state", "-settled_at"], name="feed_file_settled"),
            models.Index(fields=["folder", "state", "-settled_at"], name="feed_file_of_folder"),
            models.Index(fields=["seen_at"], condition=Q(state="arriving"), name="feed_file_arriving"),
        ]

    def __str__(self) -> str:
        return f"{self.folder}/{self.name}"

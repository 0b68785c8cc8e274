"""What open pages were told last."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models


class Followed(models.Model):
    """One page that can be followed, for example ``story:12``: its parts as they were told last, by their digests.

    ``version`` rises by one with each change that readers can see, and is never given twice.
    """

    topic = models.CharField(primary_key=True, max_length=60)
    version = models.PositiveBigIntegerField(default=0)
    digest = models.CharField(
        max_length=32,
        blank=True,
        help_text="Of all its parts; empty while readers see nothing, ? where nobody has looked.",
    )
    parts = models.JSONField(default=list, help_text="[place, key, digest] of each, in order.")
    tags = ArrayField(models.CharField(max_length=200), default=list, help_text="What the parts stand on.")
    changed_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "followed pages"
        indexes = [GinIndex("tags", name="live_followed_tags")]

    def __str__(self) -> str:
        return f"{self.topic} ({self.version})"

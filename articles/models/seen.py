"""What readers were given: the very page, and from when."""

from __future__ import annotations

import zlib

from django.db import models

from articles.models.stories import Story


class SeenPage(models.Model):
    """One page as it was served, kept by its content: the same page twice is one row. The database refuses changes to
    its words and its deletion; its files are named once, after they were gathered."""

    digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the HTML as served, lower-case hex.")
    status = models.PositiveSmallIntegerField(default=200, help_text="200, or 410 with a withdrawal’s notice.")
    packed = models.BinaryField(help_text="The HTML, zlib.")
    files = models.JSONField(default=dict, help_text="Address of a picture or style sheet -> SHA-256 of its bytes.")
    gathered_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.digest

    @property
    def html(self) -> bytes:
        return zlib.decompress(bytes(self.packed))


class Sighting(models.Model):
    """From this moment readers of the story were given this page. Only added to."""

    story = models.ForeignKey(Story, models.PROTECT, related_name="sightings")
    page = models.ForeignKey(SeenPage, models.PROTECT, related_name="sightings")
    at = models.DateTimeField(help_text="When what stands on it was read.")

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index("story", models.F("at").desc(), models.F("id").desc(), name="articles_sighting_story")]

    def __str__(self) -> str:
        return f"story {self.story_id} from {self.at:%Y-%m-%d %H:%M:%S}"

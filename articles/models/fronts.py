"""What editors put first on the front page and on a section's page; the rest fills itself."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from articles.models.sections import Section
from articles.models.stories import Story


class Front(models.Model):
    """The arrangement of one page. A page that nobody has arranged has no row."""

    tag = models.CharField(max_length=40, unique=True, help_text="The page's tag: home, or section:3.")
    section = models.OneToOneField(Section, models.CASCADE, null=True, blank=True, related_name="+")
    version = models.PositiveIntegerField(default=0, help_text="Rises with every change; compared before each.")
    changed_at = models.DateTimeField(null=True, blank=True)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    def __str__(self) -> str:
        return self.tag


class Pin(models.Model):
    """A story in a place of its own. Readers see it there as long as they may see the story, and until its time."""

    front = models.ForeignKey(Front, models.CASCADE, related_name="pins")
    story = models.ForeignKey(Story, models.CASCADE, related_name="pins")
    position = models.PositiveSmallIntegerField(help_text="From 0, the lead.")
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint("front", "story", name="articles_pin_once"),
            models.UniqueConstraint("front", "position", name="articles_pin_place"),
        ]

    def __str__(self) -> str:
        return f"{self.story_id} on {self.front_id}"

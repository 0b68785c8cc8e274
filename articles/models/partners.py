"""What partners' systems were told of a story, as far as they must be able to tell the newer from the older."""

from __future__ import annotations

from django.db import models

from articles.models.stories import Story


class NewsObject(models.Model):
    """The number of a story's news object as it was last given: another one whenever anything in it is other."""

    story = models.OneToOneField(Story, models.CASCADE, primary_key=True, related_name="+")
    version = models.PositiveBigIntegerField()
    digest = models.CharField(max_length=64, help_text="SHA-256 of the object without its version, lower-case hex.")

    def __str__(self) -> str:
        return f"story {self.pk}, version {self.version}"

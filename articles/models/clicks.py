"""How often readers followed a product block to the shop: a number for each block, story and day, and nothing else."""

from __future__ import annotations

from django.db import models

from articles.models.placements import ProductPlacement
from articles.models.stories import Story


class Click(models.Model):
    placement = models.ForeignKey(ProductPlacement, models.PROTECT, related_name="clicks")
    story = models.ForeignKey(Story, models.PROTECT, related_name="clicks")
    day = models.DateField(help_text="In the publication's time zone.")
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint("placement", "story", "day", name="articles_click_once")]
        indexes = [models.Index("day", name="articles_click_day")]

    def __str__(self) -> str:
        return f"{self.count} on {self.day}"

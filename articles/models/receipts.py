"""That a story left an exit, and when: one row for each exit and departure (promise 9)."""

from __future__ import annotations

from django.db import models

from articles.models.moves import MoveLog
from articles.models.stories import Story


class Receipt(models.Model):
    """Asked for in the transaction of the move that took the story away; acknowledged by the exit itself."""

    story = models.ForeignKey(Story, models.PROTECT, related_name="receipts")
    log = models.ForeignKey(MoveLog, models.PROTECT, related_name="receipts", help_text="The move that took it away.")
    exit = models.CharField(max_length=40)
    asked_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    found = models.TextField(blank=True, help_text="What the exit found and did.")

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint("log", "exit", name="articles_receipt_once")]

    def __str__(self) -> str:
        return f"{self.exit} of story {self.story_id}"

"""That a story left an exit, and when: one row for each exit and departure (promise 9)."""

from __future__ import annotations

from django.db import models

from articles.models.moves import MoveLog
from articles.models.stories import Story
from newsroom.exits.receipts import AnyReceipt


class Receipt(AnyReceipt):
    """Asked for in the transaction of the move that took the story away; acknowledged by the exit itself."""

    story = models.ForeignKey(Story, models.PROTECT, related_name="receipts")
    log = models.ForeignKey(MoveLog, models.PROTECT, related_name="receipts", help_text="The move that took it away.")

    class Meta(AnyReceipt.Meta):
        constraints = [models.UniqueConstraint("log", "exit", name="articles_receipt_once")]

    def __str__(self) -> str:
        return f"{self.exit} of story {self.story_id}"

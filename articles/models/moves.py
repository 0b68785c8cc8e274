"""What was done to a story, by whom, and what readers were told of it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from articles.models.drafts import Draft, Revision
from articles.models.stories import Story


class MoveLog(models.Model):
    """One row per successful move, written in the move's own transaction. The database refuses changes to it."""

    story = models.ForeignKey(Story, models.PROTECT, related_name="moves")
    draft = models.ForeignKey(Draft, models.PROTECT, null=True, blank=True, related_name="moves")
    revision = models.ForeignKey(Revision, models.PROTECT, null=True, blank=True, related_name="moves")
    move = models.CharField(max_length=30)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="moves")
    at = models.DateTimeField()
    reason = models.TextField(blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index("draft", "move", models.F("id").desc(), name="articles_movelog_draft"),
            models.Index("at", name="articles_movelog_at"),
        ]

    def __str__(self) -> str:
        return f"{self.move} of story {self.story_id}"


class Update(models.Model):
    """A note on a published story: the one clock (domain, promise 10). The database refuses changes to it."""

    class Kind(models.TextChoices):
        MINOR = "minor", "Minor change"
        UPDATE = "update", "Update"
        CLARIFICATION = "clarification", "Clarification"
        CORRECTION = "correction", "Correction"

    story = models.ForeignKey(Story, models.PROTECT, related_name="updates")
    revision = models.ForeignKey(Revision, models.PROTECT, related_name="updates")
    kind = models.CharField(max_length=15, choices=Kind.choices)
    line = models.CharField("public line", max_length=300, blank=True)
    at = models.DateTimeField()
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [
            # The page of corrections, newest first.
            models.Index(
                models.F("at").desc(),
                models.F("id").desc(),
                name="articles_update_corrections",
                condition=Q(kind__in=["correction", "clarification"]),
            )
        ]
        constraints = [
            models.CheckConstraint(
                name="articles_update_says_what",
                condition=Q(kind="minor", line="") | (~Q(kind="minor") & ~Q(line="")),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of story {self.story_id}"

"""What went out before a second person had read it, and waits to be read (promise 3)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from articles.models.drafts import Revision
from articles.models.moves import MoveLog
from articles.models.stories import Story


class Review(models.Model):
    """Open until an editor who did not send it out has read it and says so. The row stays."""

    class Kind(models.TextChoices):
        EMERGENCY = "emergency", "Emergency publish"
        LIVE_POST = "live_post", "Live post"

    story = models.ForeignKey(Story, models.PROTECT, related_name="reviews")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    revision = models.ForeignKey(Revision, models.PROTECT, related_name="reviews")
    before = models.ForeignKey(
        Revision, models.PROTECT, null=True, blank=True, related_name="+", help_text="What readers saw until then."
    )
    log = models.OneToOneField(MoveLog, models.PROTECT, related_name="review")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", help_text="Who sent it out.")
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    note = models.TextField(blank=True, help_text="What the reader of it had to say.")

    class Meta:
        ordering = ["opened_at", "id"]
        constraints = [
            models.CheckConstraint(
                name="articles_review_closed_by_another",
                condition=Q(closed_at__isnull=True, closed_by__isnull=True)
                | (Q(closed_at__isnull=False, closed_by__isnull=False) & ~Q(closed_by=F("person"))),
            )
        ]
        indexes = [models.Index("opened_at", "id", name="articles_review_open", condition=Q(closed_at__isnull=True))]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of story {self.story_id}"

"""Who may post to a live story without a second reader, until when; and what they posted."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from articles.models.moves import MoveLog, Update
from articles.models.stories import Story


class LivePen(models.Model):
    """An editor lets one person post to one live story until a time. Taken back once; the row stays."""

    story = models.ForeignKey(Story, models.PROTECT, related_name="pens")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="live_pens")
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    given_at = models.DateTimeField()
    until = models.DateTimeField()
    taken_back_at = models.DateTimeField(null=True, blank=True)
    taken_back_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Nobody: it ended with the live story's time.",
    )

    class Meta:
        ordering = ["-given_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                "story", "person", name="articles_livepen_one_open", condition=Q(taken_back_at__isnull=True)
            ),
            models.CheckConstraint(name="articles_livepen_later", condition=Q(until__gt=F("given_at"))),
            models.CheckConstraint(
                name="articles_livepen_taken_whole",
                condition=Q(taken_back_by__isnull=True) | Q(taken_back_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"pen of {self.person_id} for story {self.story_id}"

    def writes(self, at: datetime) -> bool:
        """Whether it may be used at ``at``."""
        return self.taken_back_at is None and self.until > at


class LivePost(models.Model):
    """One post to a live story. The database refuses changes to it."""

    story = models.ForeignKey(Story, models.PROTECT, related_name="posts")
    update = models.OneToOneField(Update, models.PROTECT, related_name="post")
    log = models.OneToOneField(MoveLog, models.PROTECT, related_name="post")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    pen = models.ForeignKey(LivePen, models.PROTECT, null=True, blank=True, related_name="posts")
    words = models.TextField()
    paragraphs = models.JSONField(help_text="The keys of its paragraphs in the text.")
    at = models.DateTimeField()
    token = models.UUIDField(unique=True, help_text="Of the form that sent it: sent twice, it is posted once.")

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index("story", F("id").desc(), name="articles_livepost_newest")]

    def __str__(self) -> str:
        return f"post {self.pk} to story {self.story_id}"

"""One newsletter mailing and the stories in it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from newsletters.models.newsletter import Newsletter


class Issue(models.Model):
    """Composed, then frozen and sent. What was frozen is what every subscriber gets."""

    class State(models.TextChoices):
        COMPOSING = "composing", "Composing"
        SENDING = "sending", "Sending"
        HELD = "held", "Held"
        SENT = "sent", "Sent"

    newsletter = models.ForeignKey(Newsletter, on_delete=models.PROTECT, related_name="issues")
    subject = models.CharField(max_length=150, blank=True)
    preview_text = models.CharField(
        max_length=150, blank=True, help_text="The line that mail apps show beside the subject."
    )
    intro = models.TextField(max_length=2000, blank=True)
    stories = models.ManyToManyField("articles.Story", through="IssueStory", related_name="issues")
    state = models.CharField(max_length=10, choices=State, default=State.COMPOSING)
    version = models.PositiveIntegerField(default=1)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)

    frozen_html = models.TextField(blank=True)
    frozen_text = models.TextField(blank=True)
    frozen_subject = models.CharField(max_length=150, blank=True)
    frozen_at = models.DateTimeField(null=True, blank=True)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    started_at = models.DateTimeField(null=True, blank=True)
    planned_up_to = models.BigIntegerField(default=0, help_text="The last subscriber for whom a delivery was planned.")
    planned_at = models.DateTimeField(null=True, blank=True, help_text="When the last delivery had been planned.")
    finished_at = models.DateTimeField(null=True, blank=True)
    held_why = models.CharField(max_length=600, blank=True)

    # While the mail server is away: nobody is tried before next_try_at, and no delivery is charged with it.
    stalled_since = models.DateTimeField(null=True, blank=True)
    stalled_why = models.CharField(max_length=300, blank=True, help_text="What the mail server last said.")
    next_try_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["id"], condition=models.Q(state="sending"), name="issues_being_sent"),
        ]

    def __str__(self) -> str:
        return self.subject or "Issue without a subject"


class IssueStory(models.Model):
    """A story's place in an issue."""

    class Shape(models.TextChoices):
        CARD = "card", "Card"
        WHOLE = "whole", "Whole story"

    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="places")
    story = models.ForeignKey("articles.Story", on_delete=models.PROTECT, related_name="places_in_issues")
    position = models.PositiveSmallIntegerField()
    shape = models.CharField(max_length=5, choices=Shape, default=Shape.CARD)
    frozen_revision = models.ForeignKey(
        "articles.Revision", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint(fields=["issue", "story"], name="a_story_once_per_issue")]

    def __str__(self) -> str:
        return f"{self.issue_id}: {self.story_id}"


class ShownStory(models.Model):
    """A story that a frozen letter shows: at a place of its own, or inside a block of a story that stands in it whole.

    Written when the issue is frozen, for what was mailed cannot be read out of drafts that have moved on. Everything
    that asks whether a letter may (still) go out asks these rows.
    """

    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="shown")
    story = models.ForeignKey("articles.Story", on_delete=models.PROTECT, related_name="shown_in_issues")

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["issue", "story"], name="a_story_shown_once_per_issue")]

    def __str__(self) -> str:
        return f"{self.issue_id} shows {self.story_id}"

"""Moves that are to happen by themselves at a minute (promise 7)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from articles.models.corrections import Correction
from articles.models.drafts import Draft, Revision
from articles.models.moves import Update
from articles.models.stories import Story


class Schedule(models.Model):
    """One move at one minute. PostgreSQL alone remembers it: the sweep finds what is due, and nothing else is needed.

    A publication names its revision and who approved it; the draft may be written on meanwhile (promise 2). A
    withdrawal that belongs to a publication waits until that is done.
    """

    class Move(models.TextChoices):
        PUBLISH = "publish", "Publish"
        WITHDRAW = "withdraw", "Withdraw"

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        DONE = "done", "Done"
        STOPPED = "stopped", "Stopped"
        CANCELLED = "cancelled", "Cancelled"

    story = models.ForeignKey(Story, models.PROTECT, related_name="schedules")
    move = models.CharField(max_length=10, choices=Move.choices)
    draft = models.ForeignKey(Draft, models.PROTECT, null=True, blank=True, related_name="schedules")
    revision = models.ForeignKey(Revision, models.PROTECT, null=True, blank=True, related_name="schedules")
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    after = models.OneToOneField("articles.Schedule", models.PROTECT, null=True, blank=True, related_name="withdrawal")
    due_at = models.DateTimeField(help_text="The minute that was asked for.")
    kind = models.CharField(max_length=15, choices=Update.Kind.choices, blank=True)
    line = models.CharField("public line", max_length=300, blank=True)
    prominence = models.CharField(max_length=4, choices=Correction.Prominence.choices, blank=True)
    complaints = models.JSONField(default=list, blank=True, help_text="Of a correction: the ids to tie.")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    ended_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField(help_text="Not tried before: the due minute, later after a failure.")
    trouble = models.TextField(blank=True, help_text="Why the last try failed, or why it was stopped.")

    class Meta:
        ordering = ["due_at", "id"]
        constraints = [
            models.CheckConstraint(
                name="articles_schedule_publication_named",
                condition=Q(move="publish", draft__isnull=False, revision__isnull=False, approved_by__isnull=False)
                | Q(move="withdraw", draft__isnull=True, revision__isnull=True),
            ),
            models.CheckConstraint(
                name="articles_schedule_ended",
                condition=Q(state="waiting", ended_at__isnull=True) | (~Q(state="waiting") & Q(ended_at__isnull=False)),
            ),
            models.CheckConstraint(name="articles_schedule_not_early", condition=Q(next_at__gte=models.F("due_at"))),
            models.UniqueConstraint(
                "draft", name="articles_schedule_one_publication", condition=Q(state="waiting", move="publish")
            ),
            models.UniqueConstraint(
                "story", name="articles_schedule_one_withdrawal", condition=Q(state="waiting", move="withdraw")
            ),
        ]
        indexes = [
            # The sweep's only question.
            models.Index("next_at", "id", name="articles_schedule_waiting", condition=Q(state="waiting")),
        ]

    def __str__(self) -> str:
        return f"{self.move} story {self.story_id} at {self.due_at:%Y-%m-%d %H:%M}"

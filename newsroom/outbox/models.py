"""The outbox's two tables: what happened, and each thing that must follow."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class Event(models.Model):
    """Something that happened, written by the transaction in which it happened."""

    kind = models.CharField(max_length=100)
    payload = models.JSONField()
    at = models.DateTimeField(help_text="When its effects are due.")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["created_at"], name="outbox_event_created")]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class Effect(models.Model):
    """One handler's work for one event."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="effects")
    handler = models.CharField(max_length=100)
    due_at = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    claimed_by = models.UUIDField(null=True)
    claimed_until = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    dead_at = models.DateTimeField(null=True)
    given_up_at = models.DateTimeField(null=True, help_text="When a person let a dead effect go.")
    last_error = models.TextField(blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "handler"], name="outbox_effect_once")]
        indexes = [
            # The relay's only question. Without it every sweep reads all effects ever made.
            models.Index(
                fields=["due_at", "id"], name="outbox_effect_open", condition=Q(done_at=None) & Q(dead_at=None)
            ),
            models.Index(
                fields=["dead_at"], name="outbox_effect_dead", condition=Q(dead_at__isnull=False) & Q(given_up_at=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.handler} for {self.event_id}"

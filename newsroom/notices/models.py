"""One row for each thing told to each person, what each person chose, and when they last had a letter."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class Notice(models.Model):
    class Mail(models.TextChoices):
        NOT = "not", "Not by mail"
        WAITING = "waiting", "Waits for the next letter"
        SENT = "sent", "In a letter"
        SEEN = "seen", "Read at the desk before the letter went"

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=60)
    key = models.CharField(max_length=200, help_text="What is told; the same key is told to a person once.")
    title = models.CharField(max_length=300)
    detail = models.CharField(max_length=600, blank=True)
    url = models.CharField(max_length=500)
    at = models.DateTimeField()
    desk = models.BooleanField(help_text="Whether the desk lists it.")
    read_at = models.DateTimeField(null=True)
    mail = models.CharField(max_length=10, choices=Mail.choices, default=Mail.NOT)

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint("person", "key", name="notices_once")]
        indexes = [
            models.Index("person", F("id").desc(), name="notices_listed", condition=Q(desk=True)),
            # The bell's only question, asked by every page of the desk.
            models.Index("person", name="notices_unread", condition=Q(desk=True, read_at=None)),
            models.Index("person", "at", name="notices_waiting", condition=Q(mail="waiting")),
        ]

    def __str__(self) -> str:
        return self.title


class Preference(models.Model):
    """Where a person wants one kind. Without a row the kind's own default holds."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notice_preferences")
    kind = models.CharField(max_length=60)
    desk = models.BooleanField()
    mail = models.BooleanField()

    class Meta:
        constraints = [models.UniqueConstraint("person", "kind", name="notices_preference_once")]

    def __str__(self) -> str:
        return f"{self.kind} for {self.person_id}"


class Rhythm(models.Model):
    """When a person last had a letter of notices. Locked while one is written, so that two sweeps write one."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", primary_key=True)
    letter_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"letters to {self.person_id}"

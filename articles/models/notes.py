"""What the desk says to itself about a story: notes on it or on one of its paragraphs, with answers. They lie beside the
story and never in its HTML, so that no exit can carry them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from articles.models.stories import Story


class Note(models.Model):
    """One thread. ``desk_notes`` on the story: "notes" is what the board calls the public ones."""

    story = models.ForeignKey(Story, models.CASCADE, related_name="desk_notes")
    paragraph = models.CharField(
        max_length=20, blank=True, help_text="The paragraph's stable key; empty: a note on the whole story."
    )
    stood_on = models.CharField(
        max_length=300, blank=True, help_text="The paragraph's words when the note was written: it may go."
    )
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="articles_note_resolved_by",
                condition=Q(resolved_at__isnull=True, resolved_by__isnull=True)
                | Q(resolved_at__isnull=False, resolved_by__isnull=False),
            ),
            models.CheckConstraint(name="articles_note_stood_on", condition=Q(paragraph="") | ~Q(stood_on="")),
        ]
        indexes = [models.Index("story", F("id"), name="articles_note_story")]

    def __str__(self) -> str:
        return f"note {self.pk} on story {self.story_id}"


class NoteEntry(models.Model):
    """One line of a thread: something said, or the thread resolved or opened again, by whom and when."""

    class Act(models.TextChoices):
        SAID = "said", "said"
        RESOLVED = "resolved", "resolved this"
        REOPENED = "reopened", "opened this again"

    note = models.ForeignKey(Note, models.CASCADE, related_name="entries")
    act = models.CharField(max_length=10, choices=Act.choices, default=Act.SAID)
    words = models.TextField(blank=True)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    mentions = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+")
    at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1, help_text="Rises with every new wording; compared before each.")
    edited_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            # What was deleted has no words here any more: they lie with the earlier wordings.
            models.CheckConstraint(
                name="articles_note_says",
                condition=~Q(act="said")
                | Q(deleted_at__isnull=True) & ~Q(words="")
                | Q(deleted_at__isnull=False, words=""),
            ),
            models.CheckConstraint(
                name="articles_note_only_words_change",
                condition=Q(act="said") | Q(edited_at__isnull=True, deleted_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.act}: {self.words[:60]}"


class NoteWording(models.Model):
    """What an entry said before its writer changed or deleted it. Only added to: the database refuses anything else."""

    entry = models.ForeignKey(NoteEntry, models.PROTECT, related_name="wordings")
    words = models.TextField()
    until = models.DateTimeField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"entry {self.entry_id} until {self.until:%Y-%m-%d %H:%M}: {self.words[:60]}"

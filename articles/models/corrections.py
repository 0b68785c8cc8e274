"""What a correction put right: the words before and after, where they stood, since when, and who complained."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from articles.models.complaints import Complaint
from articles.models.moves import Update


class Correction(models.Model):
    """The record of one correction or clarification, written with it. The database refuses changes to it."""

    class Prominence(models.TextChoices):
        TOP = "top", "Above the text"
        FOOT = "foot", "At the foot of the story"

    update = models.OneToOneField(Update, models.PROTECT, related_name="record")
    prominence = models.CharField(max_length=4, choices=Prominence.choices)
    suggested = models.CharField(max_length=4, choices=Prominence.choices)
    complaints = models.ManyToManyField(
        Complaint, blank=True, related_name="corrections", help_text="Tied when it was published."
    )

    def __str__(self) -> str:
        return f"record of update {self.update_id}"


class CorrectedPlace(models.Model):
    """One place whose words a correction changed. The database refuses changes to it."""

    correction = models.ForeignKey(Correction, models.PROTECT, related_name="places")
    place = models.CharField(max_length=40, help_text="A field's name, or a paragraph's key.")
    position = models.PositiveSmallIntegerField(help_text="Which paragraph of the text it was, from 1; 0: a field.")
    before = models.TextField(blank=True)
    after = models.TextField(blank=True)
    since = models.DateTimeField(null=True, blank=True, help_text="When readers first saw the words before.")
    until = models.DateTimeField(help_text="When they were put right.")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="articles_correctedplace_stood",
                condition=Q(before="", since__isnull=True) | (~Q(before="") & Q(since__lte=F("until"))),
            )
        ]

    def __str__(self) -> str:
        return f"{self.place} of correction {self.correction_id}"

"""People brought in from a file, each line with the evidence of their consent."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Import(models.Model):
    """One file. Its lines are in the database before anything is done, so a killed worker loses nothing."""

    name = models.CharField(max_length=120)
    digest = models.CharField(max_length=64, help_text="SHA-256 of the file.")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    lines = models.PositiveIntegerField()
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["id"], condition=models.Q(finished_at=None), name="imports_to_do")]

    def __str__(self) -> str:
        return self.name


class ImportLine(models.Model):
    """One line of the file. Its words are erased once it is taken: the receipt is the evidence then."""

    class State(models.TextChoices):
        WAITING = "waiting", "waiting"
        TAKEN = "taken", "taken"
        REFUSED = "refused", "refused"

    of = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField(help_text="Of the line in the file; the head is 1.")
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    normalised = models.CharField(max_length=254, blank=True, db_index=True)
    cells = models.JSONField(default=dict)
    why = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["of", "number"], name="a_line_once")]
        indexes = [models.Index(fields=["of", "state", "number"], name="lines_by_state")]

    def __str__(self) -> str:
        return f"{self.of_id}, line {self.number}"

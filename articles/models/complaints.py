"""What readers say is wrong, and what became of it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from articles.models.drafts import Revision
from articles.models.moves import MoveLog, Update
from articles.models.stories import Story


class Complaint(models.Model):
    class State(models.TextChoices):
        NEW = "new", "New"
        LOOKING = "looking", "Looking into it"
        UPHELD = "upheld", "Upheld"
        NOT_UPHELD = "not_upheld", "Not upheld"
        RESOLVED = "resolved", "Resolved"

    story = models.ForeignKey(Story, models.PROTECT, null=True, blank=True, related_name="complaints")
    revision = models.ForeignKey(
        Revision, models.PROTECT, null=True, blank=True, related_name="+", help_text="What readers saw when it came."
    )
    page = models.CharField(max_length=500, blank=True, help_text="Where, as the reader put it.")
    wrong = models.TextField()
    quoted = models.TextField(blank=True, help_text="The words that are meant.")
    contact = models.CharField(max_length=254, blank=True, help_text="An address for the answer; erased in time.")
    contact_erased_at = models.DateTimeField(null=True, blank=True)
    received_at = models.DateTimeField()
    due_at = models.DateTimeField(help_text="By when it is to be decided.")
    set_aside = models.BooleanField(
        default=False,
        help_text="It came as a robot's would, or among too many. Nobody was told; a person may bring it in.",
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.NEW)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="complaints"
    )
    outcome = models.TextField(blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    update = models.ForeignKey(
        Update,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="complaints",
        help_text="The correction that followed.",
    )
    withdrawal = models.ForeignKey(
        MoveLog,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="complaints",
        help_text="The move that took the story from readers, where that followed.",
    )
    version = models.PositiveIntegerField(default=1, help_text="Rises with every change; compared before each.")

    class Meta:
        constraints = [
            # A decision says what was found, by whom and when; without one none of the three stands there.
            models.CheckConstraint(
                name="articles_complaint_decided",
                condition=(
                    Q(
                        state__in=["upheld", "not_upheld", "resolved"],
                        decided_at__isnull=False,
                        decided_by__isnull=False,
                    )
                    & ~Q(outcome="")
                )
                | Q(state__in=["new", "looking"], decided_at__isnull=True, decided_by__isnull=True),
            ),
            models.CheckConstraint(
                name="articles_complaint_erased", condition=Q(contact_erased_at__isnull=True) | Q(contact="")
            ),
            models.CheckConstraint(name="articles_complaint_says", condition=~Q(wrong="")),
        ]
        indexes = [
            models.Index(
                "due_at", "id", name="articles_complaint_open", condition=Q(decided_at__isnull=True, set_aside=False)
            ),
            models.Index(
                F("decided_at").desc(), "id", name="articles_complaint_done", condition=Q(decided_at__isnull=False)
            ),
            models.Index("received_at", name="articles_complaint_contact", condition=~Q(contact="")),
        ]

    def __str__(self) -> str:
        return f"complaint {self.pk}"

    @property
    def decided(self) -> bool:
        return self.decided_at is not None


class ComplaintEntry(models.Model):
    """One thing done about a complaint. The database refuses changes to it."""

    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="entries")
    act = models.CharField(max_length=40)
    words = models.TextField(blank=True)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.act}: complaint {self.complaint_id}"

"""Letters that came back, and what that says of an address."""

from __future__ import annotations

from django.db import models

from newsletters.models.delivery import Delivery
from newsletters.models.subscriber import Subscriber


class Returned(models.Model):
    """One report about one letter. The report itself is not kept: it may hold anything."""

    class Kind(models.TextChoices):
        NOBODY = "nobody", "no such mailbox"
        REFUSED = "refused", "refused"
        COMPLAINT = "complaint", "called spam"
        UNKNOWN = "unknown", "of no letter of ours"

    digest = models.CharField(max_length=64, unique=True, help_text="Of the report: read twice, it counts once.")
    kind = models.CharField(max_length=10, choices=Kind)
    subscriber = models.ForeignKey(Subscriber, on_delete=models.PROTECT, null=True, related_name="returned")
    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, null=True, related_name="returned")
    status = models.CharField(max_length=12, blank=True)
    said = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["subscriber", "-id"], name="returned_of_a_person")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.status}".strip()

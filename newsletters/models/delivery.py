"""The ledger: one row per issue and subscriber, and what is known about that letter."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from newsletters.models.issue import Issue
from newsletters.models.subscriber import Subscriber


class Delivery(models.Model):
    """One issue to one subscriber.

    planned -> claimed -> handing_over -> sent. A worker that dies in claimed has sent nothing: the row is claimed
    again. One that dies in handing_over may have: the row becomes uncertain and is never sent again by itself
    (RFC 1047: when the line is lost before the last answer, both sides hold the message).
    """

    class State(models.TextChoices):
        PLANNED = "planned", "planned"
        CLAIMED = "claimed", "claimed"
        HANDING_OVER = "handing_over", "handing over"
        SENT = "sent", "sent"
        UNCERTAIN = "uncertain", "uncertain"
        BOUNCED = "bounced", "bounced"  # refused for good
        SOFT_BOUNCED = (
            "soft_bounced",
            "soft bounce",
        )  # refused for now until we gave up: says nothing against the address
        SKIPPED = "skipped", "skipped"

    issue = models.ForeignKey(Issue, on_delete=models.PROTECT, related_name="deliveries")
    subscriber = models.ForeignKey(Subscriber, on_delete=models.PROTECT, related_name="deliveries")
    state = models.CharField(max_length=12, choices=State, default=State.PLANNED)
    why = models.CharField(max_length=300, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField(default=timezone.now, help_text="After a refusal for now: when to try again.")
    claim = models.UUIDField(null=True, blank=True, help_text="Whose it is; an older claim can no longer write.")
    claimed_at = models.DateTimeField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["issue", "subscriber"], name="one_delivery_per_subscriber")]
        indexes = [
            models.Index(
                fields=["issue", "id"],
                condition=Q(state__in=["planned", "claimed", "handing_over"]),
                name="deliveries_still_to_make",
            ),
            models.Index(fields=["issue", "state"], name="deliveries_by_state"),
        ]

    def __str__(self) -> str:
        return f"Delivery {self.pk}, {self.state}"

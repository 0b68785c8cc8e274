"""The ledger of single letters: confirmations, invitations, resets, error reports."""

from __future__ import annotations

import email
import email.policy

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class Letter(models.Model):
    """One message to one person, and what is known of it.

    planned -> claimed -> handing_over -> sent, with ``failed`` for a server's final no. A worker that is lost while
    ``claimed`` has sent nothing: the letter is taken up again. Lost while ``handing_over`` nobody can know (RFC 1047):
    the letter is ``uncertain`` and is never sent again by itself.
    """

    class State(models.TextChoices):
        PLANNED = "planned"
        CLAIMED = "claimed"
        HANDING_OVER = "handing_over"
        SENT = "sent"
        UNCERTAIN = "uncertain"
        FAILED = "failed"

    key = models.CharField(max_length=200, unique=True)
    to = models.CharField(max_length=320)
    envelope_from = models.CharField(max_length=320)
    subject = models.CharField(max_length=400)
    message_id = models.CharField(max_length=200)
    content = models.BinaryField(
        help_text="The finished message; emptied when it is sent, for it may hold a secret link."
    )
    state = models.CharField(max_length=16, choices=State, default=State.PLANNED)
    due_at = models.DateTimeField(db_default=Now())
    attempts = models.PositiveIntegerField(default=0)
    claimed_by = models.UUIDField(null=True)
    claimed_until = models.DateTimeField(null=True)
    answer = models.TextField(blank=True, default="", help_text="The mail server's last answer.")
    created_at = models.DateTimeField(db_default=Now())
    sent_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["due_at", "id"],
                name="mail_letter_open",
                condition=Q(state__in=["planned", "claimed", "handing_over"]),
            ),
            models.Index(fields=["created_at"], name="mail_letter_uncertain", condition=Q(state="uncertain")),
        ]

    def __str__(self) -> str:
        return f"{self.key} ({self.state})"

    @property
    def text(self) -> str:
        """The text part, while the content is kept."""
        message = email.message_from_bytes(bytes(self.content), policy=email.policy.default)
        part = message.get_body(("plain",))
        return str(part.get_content()) if part else ""

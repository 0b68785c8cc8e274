"""What an exit was asked, and what it answered: the columns that every app's receipts have."""

from __future__ import annotations

from django.db import models


class AnyReceipt(models.Model):
    """Asked for in the transaction that took the thing away; acknowledged by the exit itself, once."""

    exit = models.CharField(max_length=40)
    asked_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    found = models.TextField(blank=True, help_text="What the exit found and did.")

    class Meta:
        abstract = True
        ordering = ["id"]

"""People who confirmed an address, and what they are subscribed to."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from newsletters.models.newsletter import Newsletter


class Subscriber(models.Model):
    """A confirmed address. Made when somebody pressed the button in the mail sent there, never before."""

    address = models.CharField(max_length=254, blank=True, help_text="As the person typed it; empty once erased.")
    normalised = models.CharField(
        max_length=254, unique=True, null=True, blank=True, help_text="In lower case, the domain in ASCII."
    )
    confirmed_at = models.DateTimeField(null=True, blank=True)
    paused_until = models.DateTimeField(null=True, blank=True, help_text="No newsletter goes out to them before.")
    undeliverable_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="Letters come back from there: none goes out until the address is confirmed anew.",
    )
    undeliverable_why = models.CharField(max_length=300, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True, help_text="Since then the row says nothing of a person.")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.address or "an erased reader"


class Subscription(models.Model):
    """One person on one newsletter's list, or no longer."""

    class State(models.TextChoices):
        ACTIVE = "active", "subscribed"
        LEFT = "left", "left"

    subscriber = models.ForeignKey(Subscriber, on_delete=models.PROTECT, related_name="subscriptions")
    newsletter = models.ForeignKey(Newsletter, on_delete=models.PROTECT, related_name="subscriptions")
    state = models.CharField(max_length=8, choices=State, default=State.ACTIVE)
    confirmed_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True, blank=True)
    left_by = models.CharField(max_length=60, blank=True, help_text="One-click, or the button on the page.")
    left_issue = models.ForeignKey(
        "newsletters.Issue", on_delete=models.SET_NULL, null=True, blank=True, related_name="leavers"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["newsletter", "subscriber"], name="once_on_each_list")]

    def __str__(self) -> str:
        return f"{self.subscriber} on {self.newsletter}"

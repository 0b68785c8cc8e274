"""A sign-up that waits to be confirmed, and the token that confirms it."""

from __future__ import annotations

from django.db import models

from newsletters.models.consent import Wording
from newsletters.models.newsletter import BoxPlacement, Newsletter


class SignUp(models.Model):
    """Somebody typed an address into a form. Nobody is subscribed by it until the address itself answers."""

    newsletter = models.ForeignKey(Newsletter, on_delete=models.PROTECT, related_name="sign_ups")
    wording = models.ForeignKey(
        Wording, on_delete=models.PROTECT, related_name="+", help_text="Of the newsletter itself."
    )
    address = models.CharField(max_length=254)
    normalised = models.CharField(max_length=254, db_index=True)
    placement = models.ForeignKey(
        BoxPlacement, on_delete=models.PROTECT, null=True, blank=True, related_name="sign_ups"
    )
    page_path = models.CharField(max_length=500, blank=True)
    form = models.CharField(max_length=60)
    requested_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    ticks = models.ManyToManyField(Wording, through="SignUpTick", related_name="+")

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"Sign-up {self.pk} to {self.newsletter_id}"


class SignUpTick(models.Model):
    """A box that was ticked, in the wording that stood beside it."""

    sign_up = models.ForeignKey(SignUp, on_delete=models.CASCADE)
    wording = models.ForeignKey(Wording, on_delete=models.PROTECT)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sign_up", "wording"], name="one_tick_per_box")]

    def __str__(self) -> str:
        return f"{self.sign_up_id}: {self.wording_id}"


class Token(models.Model):
    """One key to one act, kept as a hash: who reads the table cannot press the button."""

    class For(models.TextChoices):
        CONFIRM = "confirm", "confirm a sign-up"

    hash = models.CharField(max_length=64, unique=True)
    purpose = models.CharField(max_length=12, choices=For)
    sign_up = models.ForeignKey(SignUp, on_delete=models.CASCADE, related_name="tokens")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.get_purpose_display()}, {self.sign_up}"

"""A sign-up that waits to be confirmed, and the token that confirms it."""

from __future__ import annotations

from django.db import models

from newsletters.models.consent import Wording
from newsletters.models.newsletter import BoxPlacement, ListVersion, Newsletter
from newsletters.models.subscriber import Subscriber


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
    story = models.ForeignKey("articles.Story", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    list_version = models.ForeignKey(ListVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    queued_at = models.DateTimeField(
        null=True, blank=True, help_text="Waits, unanswered, until the budgets can be asked again."
    )
    network = models.CharField(max_length=64, blank=True, help_text="Keyed hash of who asked, only while it waits.")
    requested_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    ticks = models.ManyToManyField(Wording, through="SignUpTick", related_name="+")

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["id"], condition=models.Q(queued_at__isnull=False), name="sign_ups_that_wait")]

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


class LinkRequest(models.Model):
    """Somebody asked for the link to their preferences. Answered, it is deleted: it may name somebody we do not know."""

    address = models.CharField(max_length=254)
    normalised = models.CharField(max_length=254, db_index=True)
    asked_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"Link request {self.pk}"


class AddressChange(models.Model):
    """A reader asked to be written to elsewhere. It counts once the button at the new address was pressed."""

    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="changes")
    address = models.CharField(max_length=254)
    normalised = models.CharField(max_length=254)
    old_hash = models.CharField(max_length=80)
    new_hash = models.CharField(max_length=80)
    asked_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"Address change {self.pk}"


class Token(models.Model):
    """One key to one act, kept as a hash: who reads the table cannot press the button."""

    class For(models.TextChoices):
        CONFIRM = "confirm", "confirm a sign-up"
        CENTRE = "centre", "open the preferences"
        MOVE = "move", "confirm a new address"

    hash = models.CharField(max_length=64, unique=True)
    purpose = models.CharField(max_length=12, choices=For)
    # What it opens: exactly one of the three, as its purpose says.
    sign_up = models.ForeignKey(SignUp, on_delete=models.CASCADE, null=True, blank=True, related_name="tokens")
    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, null=True, blank=True, related_name="tokens")
    change = models.ForeignKey(AddressChange, on_delete=models.CASCADE, null=True, blank=True, related_name="tokens")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(purpose="confirm", sign_up__isnull=False, subscriber=None, change=None)
                | models.Q(purpose="centre", sign_up=None, subscriber__isnull=False, change=None)
                | models.Q(purpose="move", sign_up=None, subscriber=None, change__isnull=False),
                name="a_token_opens_one_thing",
            )
        ]

    def __str__(self) -> str:
        return self.get_purpose_display()

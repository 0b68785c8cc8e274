"""How long addresses are kept, and what is remembered of those that are gone."""

from __future__ import annotations

from django.db import models

from newsletters.models.consent import Purpose


class Suppression(models.Model):
    """An address that no import may bring back, as a keyed hash. Only the person can lift it, by signing up again."""

    class Why(models.TextChoices):
        ERASED = "erased", "asked to be erased"
        RETENTION = "retention", "kept no longer: no consent stood"
        COMPLAINED = "complained", "called a letter spam"

    address_hash = models.CharField(max_length=80, unique=True)
    why = models.CharField(max_length=10, choices=Why)
    at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True, blank=True, help_text="When the person signed up again.")

    def __str__(self) -> str:
        return f"{self.address_hash[:17]}: {self.get_why_display()}"


class RetentionRule(models.Model):
    """The clock of one purpose. A purpose without a row has the defaults."""

    UNCONFIRMED_DAYS = 30
    LAPSED_MONTHS = 24

    purpose = models.OneToOneField(Purpose, on_delete=models.CASCADE, related_name="retention")
    unconfirmed_days = models.PositiveSmallIntegerField(default=UNCONFIRMED_DAYS)
    lapsed_months = models.PositiveSmallIntegerField(default=LAPSED_MONTHS)

    def __str__(self) -> str:
        return f"{self.purpose}: {self.unconfirmed_days} days, {self.lapsed_months} months"


class RetentionRun(models.Model):
    """What one run of the clock erased, by number."""

    at = models.DateTimeField()
    sign_ups = models.PositiveIntegerField()
    people = models.PositiveIntegerField()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d}: {self.sign_ups} sign-ups, {self.people} people"


class ChainCheck(models.Model):
    """What a whole walk along the receipts' chain found, for the desk: the walk is too long for a page."""

    at = models.DateTimeField()
    receipts = models.BigIntegerField()
    head = models.CharField(max_length=64, blank=True)
    broken = models.CharField(max_length=300, blank=True, help_text="The first link that is broken, and how.")
    missing_keys = models.JSONField(default=dict, help_text="Keys that are not in the setting -> hashes under each.")

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.broken or f"{self.receipts} receipts, whole"


class SignUpAlarm(models.Model):
    """An hour in which the sign-up boxes had to defend themselves in one way: shown at the desk."""

    class Kind(models.TextChoices):
        ADDRESS = "address", "One address was asked for again and again"
        NETWORK = "network", "One network sent too many sign-ups"
        SITE = "site", "Too many sign-ups came in all"
        QUEUE = "queue", "Redis was away: sign-ups wait unanswered"

    kind = models.CharField(max_length=10, choices=Kind)
    hour = models.DateTimeField()

    class Meta:
        ordering = ["-hour", "kind"]
        constraints = [models.UniqueConstraint(fields=["kind", "hour"], name="one_alarm_an_hour")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.hour:%Y-%m-%d %H}"

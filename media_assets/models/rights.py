"""What a picture may be used for, and when."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils import timezone

from media_assets.models.asset import Asset


class Use(models.TextChoices):
    """Where a picture is shown. ``ANY`` stands in rights rows only."""

    ANY = "any", "Everywhere"
    WEB = "web", "Website"
    FEED = "feed", "Feeds"
    MAIL = "mail", "Newsletters"
    SOCIAL = "social", "Social media"

    @classmethod
    def exits(cls) -> list[Use]:
        return [use for use in cls if use is not cls.ANY]


class Condition(models.TextChoices):
    """What a row is that neither simply allows nor simply denies."""

    EMBARGO = "embargo", "Embargo"
    CALL = "call", "To be cleared first"
    SENSITIVE = "sensitive", "Sensitive"
    EXCEPTION = "exception", "Exception"


class Currency(models.TextChoices):
    """What pictures are paid in here."""

    GBP = "GBP", "£"
    EUR = "EUR", "€"
    USD = "USD", "US$"


class RightsRow(models.Model):
    """What somebody recorded of a picture: a use, from when, until when.

    A permission (``allowed``), a denial, which in force beats every permission, or a ``condition``. A condition never
    allows, so that whoever reads ``allowed`` alone takes it for a denial.
    """

    asset = models.ForeignKey(Asset, on_delete=models.CASCADE, related_name="rights")
    use = models.CharField(max_length=8, choices=Use.choices, default=Use.ANY)
    allowed = models.BooleanField(default=True)
    starts_at = models.DateTimeField(null=True, blank=True, help_text="In force from this moment; empty: from always.")
    ends_at = models.DateTimeField(null=True, blank=True, help_text="In force until just before it; empty: for good.")
    condition = models.CharField(max_length=10, choices=Condition.choices, blank=True, default="", db_default="")
    lifts = models.CharField(
        max_length=20, blank=True, default="", db_default="", help_text="Of an exception: the reason that it lifts."
    )
    territory = models.CharField(
        max_length=200, blank=True, default="", db_default="", help_text="Said to editors; the site cannot see to it."
    )
    exclusive = models.BooleanField(default=False, db_default=False, help_text="Nobody else may show it meanwhile.")
    cost = models.DecimalField(max_digits=9, decimal_places=2, null=True, blank=True)
    currency = models.CharField(max_length=3, choices=Currency.choices, blank=True, default="", db_default="")
    note = models.CharField(max_length=300, blank=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        help_text="None: the file itself says it.",
    )
    added_at = models.DateTimeField(default=timezone.now)

    # The name of who added it, where one query brought it along (``loading``).
    by = ""

    class Meta:
        ordering = ["use", "starts_at", "pk"]
        # What begins or ends soon is looked for every few minutes, among the rows of every picture there is.
        indexes = [
            models.Index(fields=["ends_at"], condition=models.Q(ends_at__isnull=False), name="rights_end"),
            models.Index(fields=["starts_at"], condition=models.Q(starts_at__isnull=False), name="rights_begin"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(added_by__isnull=False) | models.Q(allowed=False), name="rights_allowed_by_somebody"
            ),
            models.CheckConstraint(
                condition=models.Q(starts_at=None)
                | models.Q(ends_at=None)
                | models.Q(ends_at__gt=models.F("starts_at")),
                name="rights_end_after_start",
                violation_error_message="The end must be after the start.",
            ),
            models.CheckConstraint(condition=models.Q(use__in=Use.values), name="rights_use_known"),
            models.CheckConstraint(
                condition=models.Q(condition="") | models.Q(condition__in=Condition.values, allowed=False),
                name="rights_condition_allows_nothing",
            ),
            models.CheckConstraint(
                condition=models.Q(condition=Condition.EXCEPTION, ends_at__isnull=False)
                & ~models.Q(note="")
                & ~models.Q(lifts="")
                | ~models.Q(condition=Condition.EXCEPTION) & models.Q(lifts=""),
                name="rights_exception_whole",
            ),
            models.CheckConstraint(
                condition=~models.Q(condition=Condition.EMBARGO) | models.Q(ends_at__isnull=False),
                name="rights_embargo_ends",
            ),
            models.CheckConstraint(
                condition=models.Q(cost=None, currency="")
                | models.Q(cost__gte=0, currency__in=Currency.values, allowed=True),
                name="rights_cost_of_a_permission",
            ),
        ]

    def __str__(self) -> str:
        said = self.get_condition_display().lower() or ("allowed" if self.allowed else "not allowed")
        return f"{self.get_use_display()}: {said}"

    @property
    def price(self) -> str:
        """What it cost, as people write it; "" where nobody said."""
        return "" if self.cost is None else f"{self.get_currency_display()}{self.cost:,.2f}"

    def covers(self, use: str) -> bool:
        return self.use in (Use.ANY, use)

    def in_force(self, at: datetime) -> bool:
        return (self.starts_at is None or self.starts_at <= at) and (self.ends_at is None or at < self.ends_at)

"""What a reader agrees to, in which words, and the receipts of it."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone


class Purpose(models.Model):
    """One thing a reader consents to. A newsletter is one of its own; each box beside it is another."""

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=120, help_text="What the desk calls it. Readers see the wording.")
    is_newsletter = models.BooleanField(default=False)

    class Meta:
        ordering = ["-is_newsletter", "name"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Say what the database would refuse (migration 0004): receipts and letters lead to the lists at this address.

        Raises:
            ValidationError: the address of a purpose that has a wording would change.
        """
        old = Purpose.objects.filter(pk=self.pk).exclude(slug=self.slug) if self.pk else Purpose.objects.none()
        if old.filter(wordings__isnull=False).exists():
            raise ValidationError({"slug": "Readers hold this address: it leads to the companies they agreed to."})


class Wording(models.Model):
    """The exact words of a purpose in one version, with the companies that rely on it.

    Never edited: the database refuses it, because receipts point here to prove what a person saw.
    """

    purpose = models.ForeignKey(Purpose, on_delete=models.PROTECT, related_name="wordings")
    version = models.PositiveIntegerField()
    text = models.CharField(max_length=300)
    companies = models.JSONField(
        default=list,
        blank=True,
        help_text='The named companies, each {"name": ..., "address": ...}; a kind of company is not specific enough.',
    )
    list_date = models.DateField(help_text="The date that readers see beside the list of companies.")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["purpose", "-version"]
        constraints = [models.UniqueConstraint(fields=["purpose", "version"], name="one_wording_per_version")]

    def __str__(self) -> str:
        return f"{self.purpose.slug} {self.version}"


class ConsentReceipt(models.Model):
    """One grant or withdrawal. Rows are only ever added; the newest one of a purpose is how it stands.

    It holds no address: who it was stands in ``subscriber``, which an erasure empties, and as a keyed hash. So the chain
    over all receipts stays whole when a person is erased.
    """

    class Act(models.TextChoices):
        GRANT = "grant", "granted"
        WITHDRAW = "withdraw", "withdrawn"

    subscriber = models.ForeignKey("newsletters.Subscriber", on_delete=models.PROTECT, related_name="receipts")
    purpose = models.ForeignKey(Purpose, on_delete=models.PROTECT, related_name="receipts")
    wording = models.ForeignKey(Wording, on_delete=models.PROTECT, related_name="receipts")
    act = models.CharField(max_length=8, choices=Act)
    at = models.DateTimeField(help_text="When it took effect: a grant when the address was confirmed.")
    asked_at = models.DateTimeField(help_text="When the box was ticked or the withdrawal asked for.")
    page_path = models.CharField(max_length=500, blank=True, help_text="The page on which the person read the wording.")
    form = models.CharField(max_length=60, help_text="Which form on that page, for example story-box:12.")
    how = models.CharField(max_length=60, help_text="By what act, for example confirmed by button.")
    story = models.ForeignKey(
        "articles.Story",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="The story in which the form stood.",
    )
    list_version = models.ForeignKey(
        "newsletters.ListVersion",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="The newsletter as it was offered: its name, promise, rhythm and boxes.",
    )
    address_hash = models.CharField(
        max_length=80,
        blank=True,
        db_index=True,
        help_text="Whose address it was, as a keyed hash: it outlives an erasure.",
    )
    # The chain. PostgreSQL itself writes these four (migration 0011), whatever an INSERT says of them.
    seq = models.BigIntegerField(unique=True, null=True, editable=False)
    previous = models.CharField(max_length=64, editable=False, default="")
    content = models.CharField(
        max_length=64, editable=False, default="", help_text="SHA-256 of what this receipt says."
    )
    digest = models.CharField(
        max_length=64, editable=False, default="", help_text="SHA-256 of seq, previous and content."
    )

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["purpose", "subscriber", "-id"], name="consent_as_it_stands")]

    def __str__(self) -> str:
        return f"{self.get_act_display()} {self.wording}"

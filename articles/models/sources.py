"""The sourcing ledger: who said it, and through whom it came."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.indexes import HashIndex
from django.db import models
from django.db.models import Q

from articles.models.drafts import Revision
from articles.models.stories import Story


class Outlet(models.Model):
    """Who reported it: "the Daily Mail", "Rob Shuter's ShutterScoop"."""

    name = models.CharField(max_length=120)
    columnist = models.CharField(
        max_length=120, blank=True, help_text='Whose column it is: "Rob Shuter" prints "Rob Shuter\'s ShutterScoop".'
    )
    definite = models.BooleanField("takes “the”", default=False, help_text="Prints “the” before the name.")
    url = models.URLField("address", blank=True, max_length=500)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint("name", "columnist", name="articles_outlet_once")]

    def __str__(self) -> str:
        return self.printed

    @property
    def printed(self) -> str:
        if self.columnist:
            return f"{self.columnist}{'’' if self.columnist.endswith('s') else '’s'} {self.name}"
        return f"the {self.name}" if self.definite else self.name


class Source(models.Model):
    class Kind(models.TextChoices):
        NAMED = "named", "Named person"
        UNNAMED = "unnamed", "Unnamed person"
        DOCUMENT = "document", "Document"
        STATEMENT = "statement", "Statement"
        REPORT = "report", "Another outlet’s report"

    kind = models.CharField(max_length=10, choices=Kind.choices)
    name = models.CharField(max_length=160, blank=True, help_text="Empty for an unnamed person.")
    description = models.CharField(
        max_length=200, blank=True, help_text="How they may be described in print: “a source”, “a former aide”."
    )
    outlet = models.ForeignKey(Outlet, models.PROTECT, null=True, blank=True, related_name="sources")
    link = models.URLField(blank=True, max_length=500)
    note = models.TextField(blank=True, help_text="For the desk only.")
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["name", "description", "id"]
        constraints = [
            models.CheckConstraint(
                name="articles_source_described",
                condition=(Q(kind="unnamed", name="") & ~Q(description="")) | (~Q(kind="unnamed") & ~Q(name="")),
            )
        ]

    def __str__(self) -> str:
        return self.printed

    @property
    def printed(self) -> str:
        """How the source is named in print: the name, or the agreed description with a capital."""
        text = self.name or self.description
        return text[:1].upper() + text[1:]


class Quotation(models.Model):
    class State(models.TextChoices):
        UNCHECKED = "unchecked", "Not checked yet"
        CONFIRMED = "confirmed", "Checked against the source"
        RETRACTED = "retracted", "Retracted"

    words = models.TextField(help_text="What was said, without the quotation marks.")
    normalised = models.TextField(editable=False, help_text="ledger.normalise(words): what ties compare.")
    source = models.ForeignKey(Source, models.PROTECT, related_name="quotations")
    said_to = models.CharField(
        max_length=200, blank=True, help_text="To whom, where: “in an interview in Santa Barbara”."
    )
    said_on = models.DateField(null=True, blank=True)
    link = models.URLField(blank=True, max_length=500)
    archived = models.TextField(
        blank=True, help_text="What the report said when it was read, for the day on which the link is dead."
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.UNCHECKED)
    verified_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    verified_at = models.DateTimeField(null=True, blank=True)
    stands_because = models.CharField(
        max_length=300, blank=True, default="", db_default="", help_text="Why it stands although it was retracted once."
    )
    outlets = models.ManyToManyField(Outlet, through="QuotationOutlet", related_name="quotations")
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(name="articles_quotation_words", condition=~Q(normalised="")),
            models.CheckConstraint(
                name="articles_quotation_verified",
                condition=Q(verified_by__isnull=True, verified_at__isnull=True)
                | Q(verified_by__isnull=False, verified_at__isnull=False),
            ),
        ]
        # Of these very words: what a live post quotes. A tree would refuse the longest.
        indexes = [HashIndex("normalised", name="articles_quotation_said")]

    def __str__(self) -> str:
        return f"“{self.words}”"


class QuotationOutlet(models.Model):
    """One link of the chain from the source to us, in order of position."""

    quotation = models.ForeignKey(Quotation, models.CASCADE, related_name="chain")
    outlet = models.ForeignKey(Outlet, models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField(default=0)
    via = models.BooleanField("relayed", default=False, help_text="They relayed it; it was not said to them.")

    class Meta:
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint("quotation", "position", name="articles_chain_position")]

    def __str__(self) -> str:
        return f"{'via' if self.via else 'to'} {self.outlet_id}"


class Retraction(models.Model):
    """What was reported is not so: marked once, for every story that leans on it. The database refuses changes to it."""

    outlet = models.ForeignKey(Outlet, models.PROTECT, null=True, blank=True, related_name="retractions")
    quotations = models.ManyToManyField(Quotation, related_name="retractions")
    reason = models.CharField(max_length=300, blank=True)
    link = models.URLField(blank=True, max_length=500, help_text="Where it was retracted.")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"retraction {self.pk}"


class QuotationUse(models.Model):
    """A ledger entry that a revision's text ties to."""

    revision = models.ForeignKey(Revision, models.CASCADE, related_name="quotation_uses")
    quotation = models.ForeignKey(Quotation, models.PROTECT, related_name="uses")

    class Meta:
        constraints = [models.UniqueConstraint("revision", "quotation", name="articles_quotation_use_once")]

    def __str__(self) -> str:
        return f"quotation {self.quotation_id} in revision {self.revision_id}"


class Waiver(models.Model):
    """Words in quotation marks that nobody said (a title, scare quotes), let through by an editor with a reason, until an
    editor takes that back: the row stays, as what the story went out with."""

    story = models.ForeignKey(Story, models.CASCADE, related_name="waivers")
    words = models.TextField()
    normalised = models.TextField(editable=False)
    reason = models.CharField(max_length=300)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["story", "normalised"], name="articles_waiver_one", condition=Q(ended_at__isnull=True)
            ),
            models.CheckConstraint(name="articles_waiver_reason", condition=~Q(reason="")),
            models.CheckConstraint(
                name="articles_waiver_ended_whole",
                condition=Q(ended_by__isnull=True, ended_at__isnull=True)
                | Q(ended_by__isnull=False, ended_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"“{self.words}”"

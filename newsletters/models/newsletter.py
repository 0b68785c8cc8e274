"""A newsletter and the boxes in which readers sign up to it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from newsletters.models.consent import Purpose


class Newsletter(models.Model):
    """What a reader signs up to."""

    name = models.CharField(max_length=80, unique=True)
    slug = models.SlugField(max_length=60, unique=True)
    promise = models.CharField(max_length=240, help_text="What it brings, in one sentence that readers see.")
    rhythm = models.CharField(
        max_length=80, blank=True, help_text="How often it comes, for example Every Friday morning."
    )
    sender_name = models.CharField(max_length=80, help_text="The name in the From line.")
    purpose = models.OneToOneField(Purpose, on_delete=models.PROTECT, related_name="newsletter")
    boxes = models.ManyToManyField(Purpose, through="NewsletterPurpose", related_name="offered_by")
    open = models.BooleanField(default=True, help_text="Whether readers can sign up now.")
    in_footer = models.BooleanField(
        default=False, help_text="Its box stands at the foot of every page. One newsletter can."
    )

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["in_footer"],
                condition=models.Q(in_footer=True),
                name="one_newsletter_in_the_footer",
                violation_error_message="Another newsletter stands in the footer. Take it out there first.",
            )
        ]

    def __str__(self) -> str:
        return self.name


class ListVersion(models.Model):
    """A newsletter as it was offered: receipts and sign-ups name the version. PostgreSQL writes one whenever what readers
    are offered changes, whoever changed it (migration 0011), and never lets it be edited."""

    newsletter = models.ForeignKey(Newsletter, on_delete=models.CASCADE, related_name="versions")
    version = models.PositiveIntegerField()
    name = models.CharField(max_length=80)
    promise = models.CharField(max_length=240)
    rhythm = models.CharField(max_length=80, blank=True)
    sender_name = models.CharField(max_length=80)
    boxes = models.JSONField(default=list, help_text="The purposes of the boxes beside it, in their order.")
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["newsletter", "-version"]
        constraints = [models.UniqueConstraint(fields=["newsletter", "version"], name="one_list_per_version")]

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


class NewsletterPurpose(models.Model):
    """A separate, unticked box beside the sign-up."""

    newsletter = models.ForeignKey(Newsletter, on_delete=models.CASCADE, related_name="offers")
    purpose = models.ForeignKey(Purpose, on_delete=models.PROTECT, related_name="offers")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint(fields=["newsletter", "purpose"], name="one_box_per_purpose")]

    def __str__(self) -> str:
        return f"{self.newsletter}: {self.purpose}"


class BoxPlacement(models.Model):
    """The newsletter box as it stands in one story. Never edited: a change makes a new one in the draft."""

    newsletter = models.ForeignKey(Newsletter, on_delete=models.PROTECT, related_name="placements")
    line = models.CharField(max_length=240, blank=True, help_text="Said here instead of the newsletter's promise.")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.newsletter} box {self.pk}"

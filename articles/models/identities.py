"""Who an unnamed source is, sealed; who may read it, and who did (promise 12)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from articles.models.sources import Source


class Identity(models.Model):
    """Who a source is, under the keys in IDENTITY_KEYS. Only ``articles.identities`` opens it."""

    source = models.OneToOneField(Source, models.PROTECT, related_name="identity")
    sealed = models.BinaryField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name_plural = "identities"

    def __str__(self) -> str:
        return f"identity of source {self.source_id}"


class IdentityReader(models.Model):
    """Somebody who may read it, until they are taken off."""

    source = models.ForeignKey(Source, models.PROTECT, related_name="identity_readers")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    named_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    named_at = models.DateTimeField()

    class Meta:
        ordering = ["named_at", "id"]
        constraints = [models.UniqueConstraint("source", "person", name="articles_identity_reader_once")]

    def __str__(self) -> str:
        return f"person {self.person_id} for source {self.source_id}"


class IdentityEntry(models.Model):
    """One thing done with an identity. The database refuses changes to it."""

    class Act(models.TextChoices):
        KEPT = "kept", "kept it"
        CHANGED = "changed", "changed it"
        READ = "read", "read it"
        NAMED = "named", "let in"
        ENDED = "ended", "took off"
        FORGOTTEN = "forgotten", "had it forgotten"

    source = models.ForeignKey(Source, models.PROTECT, related_name="identity_entries")
    act = models.CharField(max_length=10, choices=Act.choices)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    whom = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "identity entries"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="articles_identity_read_for_a_reason", condition=~Q(act="read") | ~Q(reason="")
            ),
            models.CheckConstraint(
                name="articles_identity_whom", condition=Q(act__in=["named", "ended"]) | Q(whom__isnull=True)
            ),
        ]
        indexes = [models.Index("source", F("id").desc(), name="articles_identity_log")]

    def __str__(self) -> str:
        return f"{self.act}: identity of source {self.source_id}"

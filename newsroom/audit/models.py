"""The audit log's table."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now


class AuditRow(models.Model):
    """One deed. The person is kept as number and name of that day: a row must outlive the account it names."""

    at = models.DateTimeField(db_default=Now(), editable=False)
    person_id = models.BigIntegerField(null=True)
    person_name = models.CharField(max_length=200, blank=True)
    action = models.CharField(max_length=100)
    subject = models.CharField(max_length=200)
    facts = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["-at"], name="audit_at"),
            models.Index(fields=["subject", "-at"], name="audit_subject"),
            models.Index(fields=["person_id", "-at"], name="audit_person"),
        ]

    def __str__(self) -> str:
        return f"{self.person_name or 'the system'}: {self.action} {self.subject}"

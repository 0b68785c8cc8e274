"""What an editor let through with a reason, beside quotations."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from articles.models.drafts import Revision
from articles.models.stories import Story


class CheckWaiver(models.Model):
    """One finding of a check, let through for one story. The database refuses changes to it."""

    story = models.ForeignKey(Story, models.PROTECT, related_name="check_waivers")
    revision = models.ForeignKey(
        Revision, models.PROTECT, related_name="+", help_text="What the editor had before them."
    )
    check_name = models.CharField("check", max_length=40)
    about = models.CharField(max_length=500, help_text="What exactly: the link’s address, the words.")
    message = models.TextField(help_text="What the check said.")
    reason = models.CharField(max_length=300)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects: models.Manager[CheckWaiver]

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint("story", "check_name", "about", name="articles_check_waiver_once"),
            models.CheckConstraint(
                name="articles_check_waiver_whole", condition=~Q(reason="") & ~Q(about="") & ~Q(check_name="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.check_name}: {self.about}"

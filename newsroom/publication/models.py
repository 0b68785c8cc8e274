from __future__ import annotations

import zoneinfo
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models


def real_zone(value: str) -> None:
    """Refuse a time zone that this machine does not know: every time on the site would fail."""
    if value not in zoneinfo.available_timezones():
        raise ValidationError(f"There is no time zone called “{value}”. Use a name like Europe/London.")


class Publication(models.Model):
    """The one publication that this newsroom makes (a single row, number 1)."""

    name = models.CharField(max_length=80, default="The newsroom")
    tagline = models.CharField(max_length=160, blank=True)
    language = models.CharField(max_length=12, default="en-GB")
    time_zone = models.CharField(max_length=64, default="Europe/London", validators=[real_zone])
    contact_email = models.EmailField(blank=True)
    postal_address = models.TextField(
        blank=True, help_text="Stands at the foot of every newsletter, as the law asks of the sender."
    )
    stand_in_note = models.CharField(
        max_length=200, blank=True, help_text="A line in the footer, for a demonstration or a test site."
    )

    # What apps let come along with it (``current.ride_along``); never stored here.
    riders: Mapping[str, Any] = {}

    class Meta:
        verbose_name_plural = "publication"
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="one_publication")]

    def __str__(self) -> str:
        return self.name

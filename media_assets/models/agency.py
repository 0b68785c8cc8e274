"""Who supplies pictures, and how their credit is written here."""

from __future__ import annotations

from django.core.validators import URLValidator
from django.db import models
from django.db.models.functions import Lower


class Agency(models.Model):
    """A supplier of pictures ("Getty Images")."""

    name = models.CharField(max_length=120)
    credit = models.CharField(
        max_length=200,
        help_text="How its pictures are credited here, without brackets: Getty Images.",
    )
    licence_page = models.URLField(
        max_length=500,
        blank=True,
        validators=[URLValidator(["https", "http"])],
        help_text="Where its licence stands to read. Search engines are told of it with each of its pictures that says "
        "nothing of its own; pages have it from when they are next drawn.",
    )
    buying_page = models.URLField(
        max_length=500,
        blank=True,
        validators=[URLValidator(["https", "http"])],
        help_text="Where others can get a licence from it; search engines are told likewise.",
    )

    class Meta:
        verbose_name_plural = "agencies"
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                Lower("name"), name="agency_name_once", violation_error_message="This agency is here already."
            ),
            models.CheckConstraint(condition=~models.Q(credit=""), name="agency_has_credit"),
        ]

    def __str__(self) -> str:
        return self.name

"""One finished file that readers get."""

from __future__ import annotations

from django.db import models

from media_assets.models.asset import Asset


class Rendition(models.Model):
    """A picture at one width in one format, at an address that never means anything else.

    A row stays when its file goes (credit changed, rights ended): its address then answers with the new one or 410.
    """

    class Format(models.TextChoices):
        AVIF = "avif", "AVIF"
        WEBP = "webp", "WebP"
        JPEG = "jpg", "JPEG"

    asset = models.ForeignKey(Asset, on_delete=models.CASCADE, related_name="renditions")
    digest = models.CharField(max_length=32)
    format = models.CharField(max_length=4, choices=Format.choices)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    bytes = models.PositiveIntegerField()

    class Meta:
        ordering = ["width", "format"]
        constraints = [
            models.UniqueConstraint(fields=["digest", "width", "format"], name="rendition_address_once"),
        ]

    def __str__(self) -> str:
        return f"{self.digest}/{self.width}.{self.format}"

"""What a block's id names: the thing plus what this story says of it.

A placement never changes (the database refuses it): an edit makes a new one in the draft, so that an approval covers
what readers will see. What the library says is therefore copied here; a product's price and a picture's rights and
credit alone follow the library.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models

from articles.models.products import Offer, Product
from articles.models.sources import Quotation
from articles.models.stories import Story


class QuotePlacement(models.Model):
    class Style(models.TextChoices):
        QUOTE = "quote", "Quotation"
        PULL = "pull", "Pull quote"

    quotation = models.ForeignKey(Quotation, models.PROTECT, related_name="placements")
    words = models.TextField(help_text="The words shown, without quotation marks: all or a part of the quotation.")
    attribution = models.CharField(max_length=400, help_text="As printed: “Sources, to the Daily Mail”.")
    style = models.CharField(max_length=5, choices=Style.choices, default=Style.PULL)
    chain = models.JSONField(
        default=list,
        help_text="The outlets that the attribution names, in its order: name, and address as it was then.",
    )
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"“{self.words}”"


class ProductPlacement(models.Model):
    product = models.ForeignKey(Product, models.PROTECT, related_name="placements")
    offer = models.ForeignKey(
        Offer,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="placements",
        help_text="Whose price is shown. None for a block older than offers whose shop the library no longer has.",
    )
    maker = models.CharField(max_length=120)
    title = models.CharField(max_length=200)
    merchant = models.CharField(max_length=120, help_text="Who sells it, as readers are told.")
    link = models.URLField(max_length=1000)
    tag = models.CharField(max_length=120, blank=True, help_text="The affiliate tag that its link carries.")
    tracking = models.CharField(
        max_length=500, blank=True, help_text="The network's address that its link is put into."
    )
    picture = models.ForeignKey(
        "media_assets.Asset", models.PROTECT, null=True, blank=True, related_name="product_placements"
    )
    picture_text = models.CharField(max_length=500, blank=True, help_text="The picture's alternative text.")
    blurb = models.TextField(blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            # Promise 13: no picture without alternative text.
            models.CheckConstraint(
                name="articles_productplacement_picture_said",
                condition=models.Q(picture__isnull=True) | models.Q(picture_text__regex=r"\S"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.maker} {self.title}"


class RelatedPlacement(models.Model):
    story = models.ForeignKey(Story, models.PROTECT, related_name="related_placements")
    line = models.CharField(max_length=200, blank=True, help_text="Shown instead of the story's own headline.")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.line or f"story {self.story_id}"

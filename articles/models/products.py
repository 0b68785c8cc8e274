"""Things that readers can buy, and who sells them."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q


class Merchant(models.Model):
    name = models.CharField(max_length=120, unique=True)
    hosts = ArrayField(
        models.CharField(max_length=253),
        help_text="Their hosts, lower case: “shop.example”. A link to one, or below one, is an affiliate link.",
    )
    tag = models.CharField(
        max_length=120, blank=True, help_text="Our tracking tag, added to product links: “tag=ours-20”."
    )

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Product(models.Model):
    class Currency(models.TextChoices):
        GBP = "GBP", "£ pound"
        USD = "USD", "$ US dollar"
        EUR = "EUR", "€ euro"

    maker = models.CharField(max_length=120)
    title = models.CharField(max_length=200)
    price = models.DecimalField(max_digits=9, decimal_places=2, null=True, blank=True)
    currency = models.CharField(max_length=3, choices=Currency.choices, default=Currency.USD)
    price_checked_at = models.DateTimeField(null=True, blank=True)
    merchant = models.ForeignKey(Merchant, models.PROTECT, related_name="products")
    link = models.URLField(max_length=1000)
    blurb = models.TextField(blank=True, help_text="The library's words; a story may say its own.")
    picture = models.ForeignKey("media_assets.Asset", models.PROTECT, null=True, blank=True, related_name="products")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["maker", "title", "id"]
        constraints = [
            models.CheckConstraint(
                name="articles_product_price_positive", condition=Q(price__isnull=True) | Q(price__gt=0)
            ),
            # Promise 16: a price says when it was checked.
            models.CheckConstraint(
                name="articles_product_price_dated", condition=Q(price__isnull=True) | Q(price_checked_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.maker} {self.title}"

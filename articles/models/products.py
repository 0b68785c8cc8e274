"""Things that readers can buy, who sells them, and what each asks."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from articles.tracking import valid_template


class Merchant(models.Model):
    name = models.CharField(max_length=120, unique=True)
    hosts = ArrayField(
        models.CharField(max_length=253),
        help_text="Their hosts, lower case: “shop.example”. A link to one, or below one, is an affiliate link.",
    )
    tag = models.CharField(
        max_length=120, blank=True, help_text="Our tracking tag, added to product links: “tag=ours-20”."
    )
    tracking = models.CharField(
        "tracking address",
        max_length=500,
        blank=True,
        validators=[valid_template],
        help_text="The network’s address with {url} where the shop’s goes in: “https://go.network.example/?m=12&u={url}”.",
    )
    network = models.CharField(max_length=120, blank=True, help_text="The network that pays: “Awin”, “Skimlinks”.")
    commission = models.TextField(blank=True, help_text="What was agreed, for the desk: rates, limits, contact.")
    recheck = models.CharField(
        "prices are checked",
        max_length=20,
        blank=True,
        choices=[("", "By people"), ("schema.org", "By the schema.org data on the merchant’s pages")],
    )
    pause = models.PositiveSmallIntegerField(
        "seconds between two requests",
        default=30,
        validators=[MinValueValidator(1), MaxValueValidator(3600)],
        help_text="How often the recheck may ask this merchant for a page.",
    )
    next_request_at = models.DateTimeField(null=True, blank=True, editable=False)
    keeper = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name="looked after by",
        null=True,
        blank=True,
        related_name="+",
        help_text="Who is told of dead links and strange prices. Nobody: the editors.",
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Product(models.Model):
    maker = models.CharField(max_length=120)
    title = models.CharField(max_length=200)
    blurb = models.TextField(blank=True, help_text="The library's words; a story may say its own.")
    picture = models.ForeignKey("media_assets.Asset", models.PROTECT, null=True, blank=True, related_name="products")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["maker", "title", "id"]

    def __str__(self) -> str:
        return f"{self.maker} {self.title}"


class Offer(models.Model):
    """What one merchant asks for a product. A block in a story names one offer; its price follows this row live."""

    class Currency(models.TextChoices):
        GBP = "GBP", "£ pound"
        USD = "USD", "$ US dollar"
        EUR = "EUR", "€ euro"

    class Link(models.TextChoices):
        UNKNOWN = "unknown", "Not checked yet"
        FINE = "fine", "Leads to the product"
        MOVED = "moved", "Leads elsewhere"
        GONE = "gone", "Gone"

    product = models.ForeignKey(Product, models.PROTECT, related_name="offers")
    merchant = models.ForeignKey(Merchant, models.PROTECT, related_name="offers")
    link = models.URLField(max_length=1000)
    price = models.DecimalField(max_digits=9, decimal_places=2, null=True, blank=True)
    currency = models.CharField(max_length=3, choices=Currency.choices, default=Currency.USD)
    checked_at = models.DateTimeField(null=True, blank=True, help_text="When the price was last seen at the merchant.")
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Nobody: the merchant's page was read by the recheck.",
    )
    in_stock = models.BooleanField(null=True, blank=True, help_text="Nobody knows: empty.")
    link_state = models.CharField(max_length=7, choices=Link.choices, default=Link.UNKNOWN)
    link_seen_at = models.DateTimeField(null=True, blank=True)
    link_since = models.DateTimeField(null=True, blank=True, help_text="Since when the link is as it is.")
    link_note = models.CharField(max_length=1200, blank=True, help_text="What was found, for the desk.")
    # A price that the recheck does not take by itself: another currency, or changed by more than half.
    held_price = models.DecimalField(max_digits=9, decimal_places=2, null=True, blank=True)
    held_currency = models.CharField(max_length=3, blank=True)
    held_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True, help_text="When the recheck looks next; empty: at once.")
    tries = models.PositiveSmallIntegerField(default=0, help_text="Failed in a row.")
    # It is not sold there any more: kept for its prices and clicks, looked at by nobody, chosen for no story.
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    ended_note = models.CharField(max_length=300, blank=True, db_default="", help_text="Why, for the desk.")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(models.F("due_at").asc(nulls_first=True), "id", name="articles_offer_due")]
        constraints = [
            models.UniqueConstraint("product", "merchant", name="articles_offer_once"),
            models.CheckConstraint(
                name="articles_offer_price_positive", condition=Q(price__isnull=True) | Q(price__gt=0)
            ),
            # Promise 16: a price says when it was checked.
            models.CheckConstraint(
                name="articles_offer_price_dated", condition=Q(price__isnull=True) | Q(checked_at__isnull=False)
            ),
            models.CheckConstraint(
                name="articles_offer_held_whole",
                condition=Q(held_price__isnull=True, held_at__isnull=True, held_currency="")
                | (Q(held_price__isnull=False, held_at__isnull=False) & ~Q(held_currency="")),
            ),
            # Nothing of an ended offer waits for a person.
            models.CheckConstraint(
                name="articles_offer_ended_whole",
                condition=Q(ended_at__isnull=True, ended_by__isnull=True, ended_note="")
                | Q(ended_at__isnull=False, ended_by__isnull=False, held_price__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product} at {self.merchant}"


class OfferPrice(models.Model):
    """A price that an offer had, from the moment it was seen. Only added to."""

    offer = models.ForeignKey(Offer, models.PROTECT, related_name="prices")
    price = models.DecimalField(max_digits=9, decimal_places=2)
    currency = models.CharField(max_length=3)
    at = models.DateTimeField()
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.price} {self.currency}"

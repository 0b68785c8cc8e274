"""Addresses that readers hold and that lead elsewhere now. The database writes these rows itself, whatever code or
console changes an address (migration 0030)."""

from __future__ import annotations

from django.db import models

from articles.models.sections import Section, Topic
from articles.models.stories import Story


class EarlierAddress(models.Model):
    """Where readers found a story before. Of several stories that had one address, the last has the row."""

    section = models.CharField(max_length=60, help_text="What the section was called in the address.")
    slug = models.CharField(max_length=90)
    story = models.ForeignKey(Story, models.CASCADE, related_name="earlier_addresses")
    left_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "earlier addresses"
        constraints = [models.UniqueConstraint("section", "slug", name="articles_earlieraddress_once")]

    def __str__(self) -> str:
        return f"/{self.section}/{self.slug}/"


class EarlierSection(models.Model):
    """What a section was called in addresses before."""

    slug = models.SlugField(max_length=60, unique=True)
    section = models.ForeignKey(Section, models.CASCADE, related_name="earlier_slugs")
    left_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"/{self.slug}/"


class EarlierTopic(models.Model):
    """What a topic was called in addresses before."""

    slug = models.SlugField(max_length=80, unique=True)
    topic = models.ForeignKey(Topic, models.CASCADE, related_name="earlier_slugs")
    left_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"/topics/{self.slug}/"

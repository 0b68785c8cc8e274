"""What the desk searches."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models


class SearchEntry(models.Model):
    """The words of one story, source or product. Triggers of the database keep it, in the transaction that changes the
    words (migration 0021): no code writes it."""

    class Kind(models.TextChoices):
        STORY = "story", "Story"
        SOURCE = "source", "Source"
        PRODUCT = "product", "Product"

    kind = models.CharField(max_length=10, choices=Kind.choices)
    thing = models.BigIntegerField(help_text="The story's, source's or product's number.")
    touched_at = models.DateTimeField()
    title = models.TextField(blank=True)
    words = models.TextField(blank=True)
    vector = SearchVectorField()

    class Meta:
        verbose_name_plural = "search entries"
        constraints = [models.UniqueConstraint("kind", "thing", name="articles_search_once")]
        indexes = [
            GinIndex(fields=["vector"], name="articles_search_words"),
            models.Index(
                "kind", models.F("touched_at").desc(), models.F("thing").desc(), name="articles_search_newest"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}:{self.thing}"


class PublishedWords(models.Model):
    """What readers search: the words of the published revision of one story, and of nothing else. A row stands only
    while the story is published; a trigger of the database keeps it (migration 0035), no code writes it. An embargo is
    asked when somebody searches: it begins and ends by the clock."""

    story = models.OneToOneField("articles.Story", models.CASCADE, primary_key=True, related_name="+")
    section = models.ForeignKey("articles.Section", models.DO_NOTHING, related_name="+", db_index=False)
    first_published_at = models.DateTimeField()
    title = models.TextField()
    words = models.TextField(blank=True)
    vector = SearchVectorField()

    class Meta:
        verbose_name_plural = "published words"
        indexes = [
            GinIndex(fields=["vector"], name="articles_published_words"),
            models.Index(
                models.F("first_published_at").desc(), models.F("story").desc(), name="articles_published_newest"
            ),
            models.Index(
                "section",
                models.F("first_published_at").desc(),
                models.F("story").desc(),
                name="articles_published_section",
            ),
        ]

    def __str__(self) -> str:
        return f"story:{self.pk}"

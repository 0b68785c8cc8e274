"""The lasting thing with an address, and what readers see of it."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q

from articles.models.sections import Section, Topic


class StoryQuerySet(models.QuerySet["Story"]):
    def published(self, at: datetime) -> StoryQuerySet:
        """The stories that readers may see at ``at`` (aware). Every exit starts here and nowhere else."""
        return self.filter(
            Q(embargo_until__isnull=True) | Q(embargo_until__lte=at),  # promise 8
            readers=Story.Readers.PUBLISHED,
            published_revision__isnull=False,
            first_published_at__lte=at,
        )


class Story(models.Model):
    class Readers(models.TextChoices):
        NOTHING = "nothing", "Not published"
        PUBLISHED = "published", "Published"
        WITHDRAWN = "withdrawn", "Withdrawn"

    section = models.ForeignKey(Section, models.PROTECT, related_name="stories")
    slug = models.SlugField("address", max_length=90)
    slug_by_hand = models.BooleanField(
        default=False, help_text="A person chose the address; the headline no longer does."
    )
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="stories")
    topics = models.ManyToManyField(Topic, blank=True, related_name="stories")
    live = models.BooleanField("live story", default=False)
    products_barred = models.BooleanField(
        "no product plugs",
        default=False,
        help_text="For a death, an illness, a crime: no product and no link to a shop may stand in it.",
    )
    live_since = models.DateTimeField(null=True, blank=True)
    live_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", help_text="Who declared it."
    )
    live_until = models.DateTimeField(
        null=True, blank=True, help_text="The notice to readers goes by itself then. Empty: when somebody ends it."
    )
    readers = models.CharField(max_length=10, choices=Readers.choices, default=Readers.NOTHING)
    published_revision = models.ForeignKey(
        "articles.Revision", models.PROTECT, null=True, blank=True, related_name="published_in"
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Who approved the published revision.",
    )
    first_published_at = models.DateTimeField(null=True, blank=True)
    visible_updated_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_reason = models.TextField(blank=True, help_text="Why, for the desk.")
    withdrawn_notice = models.CharField(max_length=300, blank=True, help_text="What readers are told.")
    held_at = models.DateTimeField("legal hold since", null=True, blank=True)
    held_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    held_reason = models.TextField(blank=True, help_text="What legal says to the desk.")
    embargo_until = models.DateTimeField(
        null=True, blank=True, help_text="No reader sees the story before. A moment that has passed holds nothing back."
    )
    spiked_at = models.DateTimeField(null=True, blank=True, help_text="Put away unpublished; may be restored.")
    version = models.PositiveIntegerField(default=1, help_text="Rises with every change; compared before each.")
    created_at = models.DateTimeField()

    objects = StoryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "stories"
        constraints = [
            models.UniqueConstraint("section", "slug", name="articles_story_address"),
            # Promise 1 in the database: "published" without a revision, an approver or a clock cannot be stored.
            models.CheckConstraint(
                name="articles_story_published_whole",
                condition=Q(readers="nothing", published_revision__isnull=True, first_published_at__isnull=True)
                | Q(
                    readers__in=["published", "withdrawn"],
                    published_revision__isnull=False,
                    approved_by__isnull=False,
                    first_published_at__isnull=False,
                    visible_updated_at__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="articles_story_clock",
                condition=Q(visible_updated_at__isnull=True)
                | Q(visible_updated_at__gte=models.F("first_published_at")),
            ),
            models.CheckConstraint(
                name="articles_story_hold_named",
                condition=Q(held_at__isnull=True, held_by__isnull=True, held_reason="")
                | (Q(held_at__isnull=False, held_by__isnull=False) & ~Q(held_reason="")),
            ),
            # A time that outlived the live story would end the next one early.
            models.CheckConstraint(
                name="articles_story_live_ended",
                condition=Q(live=True) | Q(live_since__isnull=True, live_by__isnull=True, live_until__isnull=True),
            ),
            # What readers see or saw is withdrawn, never put away silently.
            models.CheckConstraint(
                name="articles_story_spiked_unseen", condition=Q(spiked_at__isnull=True) | Q(readers="nothing")
            ),
        ]
        indexes = [
            models.Index(
                "section",
                models.F("first_published_at").desc(),
                name="articles_story_by_section",
                condition=Q(readers="published"),
            ),
            models.Index(
                models.F("first_published_at").desc(),
                models.F("id").desc(),
                name="articles_story_newest",
                condition=Q(readers="published"),
            ),
            models.Index(
                models.F("visible_updated_at").desc(),
                models.F("id").desc(),
                name="articles_story_touched",
                condition=Q(readers="published"),
            ),
            models.Index(
                models.F("visible_updated_at").desc(),
                models.F("id").desc(),
                name="articles_story_withdrawn",
                condition=Q(readers="withdrawn"),
            ),
            models.Index("visible_updated_at", name="articles_story_live", condition=Q(live=True)),
            models.Index(
                "live_until", name="articles_story_live_until", condition=Q(live=True, live_until__isnull=False)
            ),
            models.Index("spiked_at", name="articles_story_spiked", condition=Q(spiked_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.section_id}/{self.slug}"

    def get_absolute_url(self) -> str:
        return self.path

    @property
    def path(self) -> str:
        """The story's address at the reader's site; needs ``section`` loaded."""
        return f"/{self.section.slug}/{self.slug}/"

    @property
    def is_published(self) -> bool:
        return self.readers == Story.Readers.PUBLISHED

    def live_at(self, at: datetime) -> bool:
        """Whether readers are told at ``at`` that it will be updated: never past the time that was named."""
        return self.live and (self.live_until is None or self.live_until > at)

    def embargoed(self, at: datetime) -> bool:
        """Whether no reader may see the story at ``at``, whatever was decided before."""
        return self.embargo_until is not None and self.embargo_until > at

    def shown_at(self, at: datetime) -> bool:
        """Whether readers may see the story at ``at``: what ``published`` asks, of one row in hand."""
        first = self.first_published_at
        return self.is_published and not self.embargoed(at) and first is not None and first <= at


class Byline(models.Model):
    story = models.ForeignKey(Story, models.CASCADE, related_name="bylines")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="bylines")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint("story", "person", name="articles_byline_once")]

    def __str__(self) -> str:
        return f"{self.person_id} on {self.story_id}"

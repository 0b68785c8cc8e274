"""Open lines of work on a story, and their saved states."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from articles.models.stories import Story


class Draft(models.Model):
    class Kind(models.TextChoices):
        MAIN = "main", "Draft"
        CORRECTION = "correction", "Quick correction"
        LIVE = "live", "Live post"

    class Standing(models.TextChoices):
        DRAFT = "draft", "Draft"
        IN_REVIEW = "in_review", "In review"
        CHANGES_REQUESTED = "changes_requested", "Changes requested"
        APPROVED = "approved", "Approved"
        SCHEDULED = "scheduled", "Scheduled"
        CLOSED = "closed", "Closed"

    story = models.ForeignKey(Story, models.CASCADE, related_name="drafts")
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.MAIN)
    standing = models.CharField(max_length=20, choices=Standing.choices, default=Standing.DRAFT)
    version = models.PositiveIntegerField(default=1, help_text="Rises with every save and every move.")
    head = models.ForeignKey(
        "articles.Revision",
        models.PROTECT,
        related_name="head_of",
        null=True,  # only between the two inserts of drafts.open_story
        help_text="The newest saved state; before the first save of a reopened story, the published revision.",
    )
    approved_revision = models.ForeignKey(
        "articles.Revision", models.PROTECT, null=True, blank=True, related_name="approved_in"
    )
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    base_revision = models.ForeignKey(
        "articles.Revision",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="base_of",
        help_text="What readers saw when this line of work began.",
    )
    open_quotations = models.PositiveSmallIntegerField(
        default=0, help_text="Quotations in the head neither tied nor waived, as last counted: what the board flags."
    )
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            # A second open draft of the same kind would be a second "next version" of the same story.
            models.UniqueConstraint("story", "kind", name="articles_draft_one_open", condition=~Q(standing="closed")),
            # Promise 2: an approved draft names the revision and the person, and no other standing keeps either.
            models.CheckConstraint(
                name="articles_draft_approval_named",
                condition=Q(standing="approved", approved_revision__isnull=False, approved_by__isnull=False)
                | Q(standing="closed")
                | (
                    ~Q(standing__in=["approved", "closed"])
                    & Q(approved_revision__isnull=True, approved_by__isnull=True)
                ),
            ),
        ]
        indexes = [
            models.Index(
                "standing", models.F("changed_at").desc(), name="articles_draft_board", condition=~Q(standing="closed")
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of story {self.story_id}"


class Revision(models.Model):
    """One saved state. Once sealed (someone acted on it, or wrote on from it) the database refuses any change."""

    draft = models.ForeignKey(Draft, models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    headline = models.CharField(max_length=200)
    kicker = models.CharField(max_length=60, blank=True)
    standfirst = models.TextField(blank=True)
    body = models.TextField(blank=True, help_text="HTML as the body contract says: already cleaned.")
    paragraph_keys = models.JSONField(default=list, help_text="One key per top-level element of the body.")
    lead_image = models.ForeignKey(
        "media_assets.ImagePlacement", models.PROTECT, null=True, blank=True, related_name="leads"
    )
    search_title = models.CharField(max_length=200, blank=True)
    search_description = models.CharField(max_length=400, blank=True)
    social_title = models.CharField(max_length=200, blank=True)
    social_description = models.CharField(max_length=400, blank=True)
    words = models.PositiveIntegerField(default=0)
    pictures = models.PositiveSmallIntegerField(default=0, help_text="Image blocks and the lead image.")
    quotations = models.PositiveSmallIntegerField(default=0, help_text="Pairs of quotation marks in the text.")
    digest = models.CharField(max_length=64, help_text="SHA-256 of the content: equal states have equal digests.")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="revisions")
    created_at = models.DateTimeField()
    sealed = models.BooleanField(default=False)
    pen = models.CharField(
        max_length=32, blank=True, help_text="The open page that wrote it. Only that page's autosave may amend it."
    )
    joined = models.BooleanField(default=False, help_text="It holds others' words that its page had not seen.")
    by_hand = models.BooleanField(default=True, help_text="Somebody pressed Save; otherwise it was kept by itself.")

    class Meta:
        ordering = ["draft_id", "number"]
        constraints = [models.UniqueConstraint("draft", "number", name="articles_revision_number")]

    def __str__(self) -> str:
        return f"{self.headline} ({self.number})"


class Reference(models.Model):
    """A block standing in a revision's body: answers "where is this used" without reading any body."""

    revision = models.ForeignKey(Revision, models.CASCADE, related_name="references")
    kind = models.CharField(max_length=20)
    placement_id = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint("revision", "kind", "placement_id", name="articles_reference_once")]
        indexes = [models.Index("kind", "placement_id", name="articles_reference_used")]

    def __str__(self) -> str:
        return f"{self.kind}:{self.placement_id}"


class Clash(models.Model):
    """Two people changed one paragraph, or one field, each in another way. The draft says theirs; yours is kept here
    until a person chooses (promise 4), and shown in the history for good: no revision ever said it."""

    class Choice(models.TextChoices):
        YOURS = "yours", "Mine"
        THEIRS = "theirs", "Theirs"
        BOTH = "both", "Both"

    draft = models.ForeignKey(Draft, models.CASCADE, related_name="clashes")
    place = models.CharField(max_length=40, help_text="A field's name, or a paragraph's key.")
    after = models.CharField(max_length=40, blank=True, help_text="The paragraph in front, where theirs took it out.")
    base = models.TextField(blank=True, help_text="What both began from.")
    yours = models.TextField(blank=True)
    theirs = models.TextField(blank=True)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", help_text="Whose yours is.")
    other = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", help_text="Who saved theirs.")
    at = models.DateTimeField()
    pen = models.CharField(max_length=32, blank=True, help_text="The open page whose text yours is.")
    published = models.ForeignKey(
        Revision,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Where no open page but a publication brought yours: what was published.",
    )
    position = models.PositiveSmallIntegerField(
        default=0, help_text="Which paragraph of the text it was, from 1 (of one taken out: which it stood behind)."
    )
    choice = models.CharField(max_length=6, choices=Choice.choices, blank=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "clashes"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="articles_clash_settled_whole",
                condition=Q(choice="", settled_by__isnull=True, settled_at__isnull=True)
                | (~Q(choice="") & Q(settled_by__isnull=False, settled_at__isnull=False)),
            ),
            # Each of what they came from has one that waits: a page that repeats itself goes on in its own, and neither
            # another page nor a publication is ever written over.
            models.UniqueConstraint(
                fields=["draft", "place", "person", "pen"],
                name="articles_clash_one_a_page",
                condition=Q(choice="", published__isnull=True),
            ),
            models.UniqueConstraint(
                fields=["draft", "place", "published"],
                name="articles_clash_one_a_publication",
                condition=Q(published__isnull=False),
            ),
        ]
        indexes = [models.Index("draft", name="articles_clash_open", condition=Q(choice=""))]

    def __str__(self) -> str:
        return f"{self.place} of draft {self.draft_id}"

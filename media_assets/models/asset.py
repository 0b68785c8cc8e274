"""One picture: its original, what is said of it, and the address of what readers get."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models.functions import Cast
from django.utils import timezone

from media_assets.models.agency import Agency
from media_assets.models.source_type import IPTC, LABELLED, VOCABULARY, SourceType

if TYPE_CHECKING:
    from media_assets.models.rendition import Rendition
    from media_assets.models.rights import RightsRow

# Words that the library's search reads. The "simple" dictionary keeps names whole: "Kings" is a surname too.
SEARCHED = ("caption", "credit", "creator", "alternative_text", "original_name", "supplier_id", "event")


class Standing(models.TextChoices):
    """Whether the website may show it, as the library's grid asks for it: ``standing.settle`` writes it down."""

    USABLE = "usable", "May be used"
    INCOMPLETE = "incomplete", "Incomplete"
    BARRED = "barred", "May not be used"
    ENDED = "ended", "Rights ended"
    WITHDRAWN = "withdrawn", "Withdrawn"


class Shape(models.TextChoices):
    LANDSCAPE = "landscape", "Landscape"
    PORTRAIT = "portrait", "Portrait"
    SQUARE = "square", "Square"
    PANORAMA = "panorama", "Panorama"


def _folded(words: Any) -> models.Func:
    """Without accents, letter for letter: who types "Maxima" means Máxima. The function is in migration 0080."""
    return models.Func(words, function="media_assets_fold", output_field=models.TextField())


class FocusFrom(models.TextChoices):
    """Whose a focal point is. Empty: nobody has looked yet."""

    PERSON = "person", "Set by a person"
    FACES = "faces", "Suggested by the faces in it"
    NOBODY = "nobody", "No face was found"


class Asset(models.Model):
    """A picture in the library.

    Credit and alternative text may be empty while somebody is still filling them in; such a picture is nowhere
    usable (``rights.usability``). What the file said lies untouched in ``found``; a person's words lie on top of it,
    in the columns.
    """

    # The original, as it came in. It lies under PRIVATE_ROOT and is never served.
    sha256 = models.CharField(max_length=64, unique=True, editable=False)
    original_name = models.CharField(max_length=200)
    original_format = models.CharField(max_length=8)
    original_bytes = models.PositiveBigIntegerField(help_text="Size of the file.")
    width = models.PositiveIntegerField(help_text="Pixels, the right way up.")
    height = models.PositiveIntegerField(help_text="Pixels, the right way up.")
    found = models.JSONField(
        default=dict, help_text="What the file said of itself: field -> {value, from}. Never changed afterwards."
    )

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, null=True, blank=True, related_name="assets")
    supplier_id = models.CharField(max_length=120, blank=True, help_text="The agency's own number for it.")
    credit = models.CharField(max_length=200, blank=True)
    creator = models.CharField(max_length=200, blank=True)
    copyright_notice = models.CharField(max_length=300, blank=True)
    licence_page = models.URLField(max_length=500, blank=True, editable=False, help_text="As the file says it.")
    buying_page = models.URLField(max_length=500, blank=True, editable=False, help_text="As the file says it.")
    category = models.CharField(max_length=20, blank=True, default="", db_default="")
    category_facts = models.JSONField(default=dict, db_default={}, blank=True, help_text="What its category asks for.")
    source_type = models.CharField(
        max_length=12, choices=SourceType.choices, blank=True, help_text="Readers are told what AI made or altered."
    )
    caption = models.TextField(blank=True)
    alternative_text = models.CharField(max_length=500, blank=True)

    people = models.JSONField(default=list, blank=True, help_text="Who is shown: a list of names.")
    event = models.CharField(max_length=200, blank=True, help_text="What it was taken at: Trooping the Colour 2026.")

    # What the grid's filters ask for. The first two follow from credit, words and rights (``standing.settle``).
    standing = models.CharField(
        max_length=12, choices=Standing.choices, default=Standing.INCOMPLETE, db_default="incomplete", editable=False
    )
    usable_until = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="When the website must stop showing it, if that is in sight."
    )
    shape = models.GeneratedField(
        expression=models.Case(
            models.When(width__gte=models.F("height") * 2, then=models.Value("panorama")),
            models.When(width__gt=models.F("height") * 1.05, then=models.Value("landscape")),
            models.When(height__gt=models.F("width") * 1.05, then=models.Value("portrait")),
            default=models.Value("square"),
        ),
        output_field=models.CharField(max_length=12),
        db_persist=True,
    )
    batch = models.UUIDField(null=True, blank=True, editable=False, help_text="What came in together has one.")

    digest = models.CharField(
        max_length=32, db_index=True, editable=False, help_text="Address of the renditions; follows content and credit."
    )
    recipe = models.PositiveSmallIntegerField(
        default=1, editable=False, help_text="How the files at that address were made: stamp.RECIPE of their day."
    )
    placeholder = models.BinaryField(
        blank=True, default=b"", editable=False, help_text="A WebP 20 pixels wide, shown until files are made."
    )
    # Of width and height, in hundredths; null: nobody has said, and crops keep a little above the middle.
    focus_x = models.PositiveSmallIntegerField(null=True, blank=True, editable=False)
    focus_y = models.PositiveSmallIntegerField(null=True, blank=True, editable=False)
    focus_from = models.CharField(max_length=6, choices=FocusFrom.choices, blank=True, editable=False)
    # The ledger of the worker that makes the files: due from this moment; null: nothing to make.
    files_due_at = models.DateTimeField(null=True, blank=True, editable=False)
    files_error = models.CharField(max_length=300, blank=True, editable=False)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_reason = models.CharField(max_length=300, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    # Nobody: it came from an agency's watched folder.
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    added_at = models.DateTimeField(default=timezone.now)

    # Kept by PostgreSQL itself, so that no way of writing a row can forget it.
    words = models.GeneratedField(
        expression=SearchVector(
            *(_folded(models.F(field)) for field in SEARCHED),
            _folded(Cast("people", models.TextField())),
            config="simple",
        ),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    # What one query brought along (``library.load``, ``placements.load``); absent on a plain row.
    made: list[Rendition] | None = None
    rows: list[RightsRow] | None = None

    objects: ClassVar[models.Manager[Asset]] = models.Manager()

    class Meta:
        ordering = ["-added_at", "-pk"]
        indexes = [
            GinIndex(fields=["words"], name="asset_words"),
            models.Index(fields=["-added_at", "-id"], name="asset_newest"),
            # One for each filter of the grid: the newest 48 of a rare one are found without walking past all others.
            models.Index(fields=["standing", "-added_at", "-id"], name="asset_standing_newest"),
            models.Index(fields=["agency", "-added_at", "-id"], name="asset_agency_newest"),
            models.Index(fields=["added_by", "-added_at", "-id"], name="asset_taker_newest"),
            models.Index(fields=["shape", "-added_at", "-id"], name="asset_shape_newest"),
            models.Index(
                fields=["event", "-added_at", "-id"], condition=~models.Q(event=""), name="asset_event_newest"
            ),
            models.Index(
                fields=["usable_until"], condition=models.Q(usable_until__isnull=False), name="asset_usable_until"
            ),
            models.Index(fields=["batch"], condition=models.Q(batch__isnull=False), name="asset_batch"),
            GinIndex(fields=["people"], opclasses=["jsonb_path_ops"], name="asset_people"),
            models.Index(fields=["supplier_id"], condition=~models.Q(supplier_id=""), name="asset_supplier_number"),
            models.Index(fields=["recipe"], name="asset_recipe"),
            models.Index(
                fields=["files_due_at"], condition=models.Q(files_due_at__isnull=False), name="asset_files_due"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(focus_x=None, focus_y=None) | models.Q(focus_x__lte=100, focus_y__lte=100),
                name="asset_focus_inside",
            ),
            models.CheckConstraint(condition=models.Q(width__gt=0, height__gt=0), name="asset_has_a_size"),
            models.CheckConstraint(
                condition=models.Q(withdrawn_at=None) | ~models.Q(withdrawn_reason=""),
                name="asset_withdrawn_has_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """What people call it in a list: its caption, else what is to be seen on it, else the file's name."""
        return self.caption or self.alternative_text or self.original_name

    @property
    def is_complete(self) -> bool:
        return bool(self.credit.strip() and self.alternative_text.strip())

    @property
    def printed_credit(self) -> str:
        """The one form of the credit that readers see: "(Image credit: Getty Images)"; empty without a credit."""
        return f"(Image credit: {self.credit})" if self.credit else ""

    @property
    def label(self) -> str:
        """What readers must be told beside the picture: "Made with AI"; empty for a photograph."""
        return str(SourceType(self.source_type).label) if self.source_type in LABELLED else ""

    @property
    def source_type_address(self) -> str:
        """The term of IPTC's vocabulary for what AI made or altered; empty for all else, of which we say nothing."""
        return f"{VOCABULARY}{IPTC[SourceType(self.source_type)]}" if self.source_type in LABELLED else ""

    @property
    def labelled_credit(self) -> str:
        """The printed credit, and before it the label: for every exit that has one line for both."""
        return f"{self.label}. {self.printed_credit}".strip() if self.label else self.printed_credit

    @property
    def listed_credit(self) -> str:
        """The credit in a line that several pictures share: "Alamy (made with AI)"."""
        return f"{self.credit} ({self.label[0].lower()}{self.label[1:]})" if self.label else self.credit

    def origin(self, field: str) -> str:
        """Where the words in ``field`` come from: a name like "XMP" while they are the file's, "person" once changed."""
        found: dict[str, Any] = self.found.get(field) or {}
        if not getattr(self, field, ""):
            return ""
        return str(found["from"]) if found.get("value") == getattr(self, field) else "person"

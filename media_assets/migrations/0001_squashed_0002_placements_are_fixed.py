"""The tables as the first two migrations left them, made at once. A database that has those has this one."""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models
from django.db.migrations import CreateModel

from newsroom.migrating import CreateModels

# An approved revision names a placement by its id: nothing may change what it says, not even a bulk update.
FIX = """
CREATE FUNCTION media_assets_placement_is_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'An image placement is never changed; make a new one.' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER placement_is_fixed BEFORE UPDATE ON media_assets_imageplacement
    FOR EACH ROW EXECUTE FUNCTION media_assets_placement_is_fixed();
"""
LOOSEN = """
DROP TRIGGER placement_is_fixed ON media_assets_imageplacement;
DROP FUNCTION media_assets_placement_is_fixed();
"""

ID = ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))

MODELS = [
    CreateModel(
        name="Agency",
        fields=[
            ID,
            ("name", models.CharField(max_length=120)),
            (
                "credit",
                models.CharField(
                    help_text="How its pictures are credited here, without brackets: Getty Images.", max_length=200
                ),
            ),
        ],
        options={
            "verbose_name_plural": "agencies",
            "ordering": ["name"],
            "constraints": [
                models.UniqueConstraint(
                    django.db.models.functions.text.Lower("name"),
                    name="agency_name_once",
                    violation_error_message="This agency is here already.",
                ),
                models.CheckConstraint(condition=models.Q(("credit", ""), _negated=True), name="agency_has_credit"),
            ],
        },
    ),
    CreateModel(
        name="Asset",
        fields=[
            ID,
            ("sha256", models.CharField(editable=False, max_length=64, unique=True)),
            ("original_name", models.CharField(max_length=200)),
            ("original_format", models.CharField(max_length=8)),
            ("original_bytes", models.PositiveBigIntegerField(help_text="Size of the file.")),
            ("width", models.PositiveIntegerField(help_text="Pixels, the right way up.")),
            ("height", models.PositiveIntegerField(help_text="Pixels, the right way up.")),
            (
                "found",
                models.JSONField(
                    default=dict,
                    help_text="What the file said of itself: field -> {value, from}. Never changed afterwards.",
                ),
            ),
            ("supplier_id", models.CharField(blank=True, help_text="The agency's own number for it.", max_length=120)),
            ("credit", models.CharField(blank=True, max_length=200)),
            ("creator", models.CharField(blank=True, max_length=200)),
            ("copyright_notice", models.CharField(blank=True, max_length=300)),
            ("caption", models.TextField(blank=True)),
            ("alternative_text", models.CharField(blank=True, max_length=500)),
            (
                "digest",
                models.CharField(
                    db_index=True,
                    editable=False,
                    help_text="Address of the renditions; follows content and credit.",
                    max_length=32,
                ),
            ),
            ("files_due_at", models.DateTimeField(blank=True, editable=False, null=True)),
            ("files_error", models.CharField(blank=True, editable=False, max_length=300)),
            ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
            ("withdrawn_reason", models.CharField(blank=True, max_length=300)),
            ("version", models.PositiveIntegerField(default=1, editable=False)),
            ("added_at", models.DateTimeField(default=django.utils.timezone.now)),
            (
                "words",
                models.GeneratedField(
                    db_persist=True,
                    expression=django.contrib.postgres.search.SearchVector(
                        "caption",
                        "credit",
                        "creator",
                        "alternative_text",
                        "original_name",
                        "supplier_id",
                        config="simple",
                    ),
                    output_field=django.contrib.postgres.search.SearchVectorField(),
                ),
            ),
            (
                "added_by",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                ),
            ),
            (
                "agency",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="assets",
                    to="media_assets.agency",
                ),
            ),
        ],
        options={
            "ordering": ["-added_at", "-pk"],
            "indexes": [
                django.contrib.postgres.indexes.GinIndex(fields=["words"], name="asset_words"),
                models.Index(fields=["-added_at", "-id"], name="asset_newest"),
                models.Index(
                    condition=models.Q(("files_due_at__isnull", False)), fields=["files_due_at"], name="asset_files_due"
                ),
            ],
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(("height__gt", 0), ("width__gt", 0)), name="asset_has_a_size"
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        ("withdrawn_at", None), models.Q(("withdrawn_reason", ""), _negated=True), _connector="OR"
                    ),
                    name="asset_withdrawn_has_reason",
                ),
            ],
        },
    ),
    CreateModel(
        name="ImagePlacement",
        fields=[
            ID,
            ("caption", models.TextField(blank=True)),
            ("alternative_text", models.CharField(max_length=500)),
            ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
            (
                "asset",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="placements", to="media_assets.asset"
                ),
            ),
            (
                "created_by",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                ),
            ),
        ],
        options={
            "ordering": ["pk"],
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(("alternative_text__regex", "\\S")), name="placement_has_alternative_text"
                )
            ],
        },
    ),
    CreateModel(
        name="Rendition",
        fields=[
            ID,
            ("digest", models.CharField(max_length=32)),
            ("format", models.CharField(choices=[("webp", "WebP"), ("jpg", "JPEG")], max_length=4)),
            ("width", models.PositiveIntegerField()),
            ("height", models.PositiveIntegerField()),
            ("bytes", models.PositiveIntegerField()),
            (
                "asset",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE, related_name="renditions", to="media_assets.asset"
                ),
            ),
        ],
        options={
            "ordering": ["width", "format"],
            "constraints": [
                models.UniqueConstraint(fields=("digest", "width", "format"), name="rendition_address_once")
            ],
        },
    ),
    CreateModel(
        name="RightsRow",
        fields=[
            ID,
            (
                "use",
                models.CharField(
                    choices=[
                        ("any", "Everywhere"),
                        ("web", "Website"),
                        ("feed", "Feeds"),
                        ("mail", "Newsletters"),
                        ("social", "Social media"),
                    ],
                    default="any",
                    max_length=8,
                ),
            ),
            ("allowed", models.BooleanField(default=True)),
            (
                "starts_at",
                models.DateTimeField(blank=True, help_text="In force from this moment; empty: from always.", null=True),
            ),
            (
                "ends_at",
                models.DateTimeField(
                    blank=True, help_text="In force until just before it; empty: for good.", null=True
                ),
            ),
            ("note", models.CharField(blank=True, max_length=300)),
            ("added_at", models.DateTimeField(default=django.utils.timezone.now)),
            (
                "added_by",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                ),
            ),
            (
                "asset",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE, related_name="rights", to="media_assets.asset"
                ),
            ),
        ],
        options={
            "ordering": ["use", "starts_at", "pk"],
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(
                        ("starts_at", None), ("ends_at", None), ("ends_at__gt", models.F("starts_at")), _connector="OR"
                    ),
                    name="rights_end_after_start",
                    violation_error_message="The end must be after the start.",
                ),
                models.CheckConstraint(
                    condition=models.Q(("use__in", ["any", "web", "feed", "mail", "social"])), name="rights_use_known"
                ),
            ],
        },
    ),
]


class Migration(migrations.Migration):
    replaces = [
        ("media_assets", "0001_initial"),
        ("media_assets", "0002_placements_are_fixed"),
    ]

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateModels(MODELS),
        migrations.RunSQL(FIX, LOOSEN),
    ]

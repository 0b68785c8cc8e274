"""What pictures look like, and the pairs that somebody should look at."""

import django.db.models.deletion
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("media_assets", "0080_grid"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.CreateModel(
            "Likeness",
            fields=[
                (
                    "asset",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="likeness",
                        serialize=False,
                        to="media_assets.asset",
                    ),
                ),
                (
                    "hashes",
                    ArrayField(
                        models.BigIntegerField(), help_text="Of the whole, and of two cuts from its middle.", size=None
                    ),
                ),
                ("keys", ArrayField(models.IntegerField(), size=None)),
            ],
            options={"indexes": [GinIndex(fields=["keys"], name="likeness_keys", fastupdate=False)]},
        ),
        migrations.CreateModel(
            "Resemblance",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("distance", models.PositiveSmallIntegerField(help_text="Bits of 64 in which they differ.")),
                ("found_at", models.DateTimeField()),
                (
                    "decision",
                    models.CharField(
                        blank=True,
                        choices=[("", "Not decided"), ("same", "The same picture"), ("different", "Two pictures")],
                        max_length=10,
                    ),
                ),
                ("decided_at", models.DateTimeField(null=True)),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "newer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="resembles", to="media_assets.asset"
                    ),
                ),
                (
                    "older",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="resembled_by",
                        to="media_assets.asset",
                    ),
                ),
            ],
            options={
                "ordering": ["distance", "older"],
                "constraints": [
                    models.UniqueConstraint(fields=["newer", "older"], name="resemblance_once"),
                    models.CheckConstraint(
                        condition=models.Q(newer__gt=models.F("older")), name="resemblance_in_order"
                    ),
                ],
            },
        ),
    ]

"""The files of agencies' watched folders; a picture from there was taken in by nobody."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("media_assets", "0082_collections"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.AlterField(
            "asset",
            "added_by",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.CreateModel(
            "FeedFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("folder", models.CharField(max_length=120)),
                ("name", models.CharField(max_length=255)),
                ("size", models.BigIntegerField()),
                ("changed", models.BigIntegerField(help_text="When the file was changed, in nanoseconds since 1970.")),
                ("seen_at", models.DateTimeField(help_text="When it was first seen like this.")),
                (
                    "state",
                    models.CharField(
                        choices=[("arriving", "Arriving"), ("taken", "Taken in"), ("refused", "Refused")],
                        default="arriving",
                        max_length=10,
                    ),
                ),
                ("message", models.CharField(blank=True, max_length=400)),
                ("settled_at", models.DateTimeField(blank=True, null=True)),
                (
                    "asset",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="media_assets.asset",
                    ),
                ),
            ],
            options={
                "ordering": ["-settled_at", "-pk"],
                "constraints": [
                    models.UniqueConstraint(fields=["folder", "name", "size", "changed"], name="feed_file_once")
                ],
                "indexes": [
                    models.Index(fields=["state", "-settled_at"], name="feed_file_settled"),
                    models.Index(fields=["folder", "state", "-settled_at"], name="feed_file_of_folder"),
                    models.Index(fields=["seen_at"], condition=models.Q(state="arriving"), name="feed_file_arriving"),
                ],
            },
        ),
    ]

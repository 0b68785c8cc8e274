"""Focal points, placeholders, AVIF, and by which recipe a picture's files were made: of those that there are, the first."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("media_assets", "0070_source_type")]

    operations = [
        migrations.AddField(
            "asset",
            "recipe",
            models.PositiveSmallIntegerField(
                default=1,
                editable=False,
                help_text="How the files at that address were made: stamp.RECIPE of their day.",
            ),
        ),
        migrations.AddField(
            "asset",
            "placeholder",
            models.BinaryField(
                blank=True,
                default=b"",
                help_text="A WebP 20 pixels wide, shown until files are made.",
            ),
        ),
        migrations.AddField(
            "asset", "focus_x", models.PositiveSmallIntegerField(blank=True, editable=False, null=True)
        ),
        migrations.AddField(
            "asset", "focus_y", models.PositiveSmallIntegerField(blank=True, editable=False, null=True)
        ),
        migrations.AddField(
            "asset",
            "focus_from",
            models.CharField(
                blank=True,
                choices=[
                    ("person", "Set by a person"),
                    ("faces", "Suggested by the faces in it"),
                    ("nobody", "No face was found"),
                ],
                default="",
                editable=False,
                max_length=6,
            ),
            preserve_default=False,
        ),
        migrations.AddIndex("asset", models.Index(fields=["recipe"], name="asset_recipe")),
        migrations.AddConstraint(
            "asset",
            models.CheckConstraint(
                condition=models.Q(("focus_x", None), ("focus_y", None))
                | models.Q(("focus_x__lte", 100), ("focus_y__lte", 100)),
                name="asset_focus_inside",
            ),
        ),
        migrations.AlterField(
            "rendition",
            "format",
            models.CharField(choices=[("avif", "AVIF"), ("webp", "WebP"), ("jpg", "JPEG")], max_length=4),
        ),
    ]

"""The version of each story's news object for partners."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("articles", "0045_fill_published_words")]

    operations = [
        migrations.CreateModel(
            name="NewsObject",
            fields=[
                (
                    "story",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="articles.story",
                    ),
                ),
                ("version", models.PositiveBigIntegerField()),
                (
                    "digest",
                    models.CharField(
                        help_text="SHA-256 of the object without its version, lower-case hex.", max_length=64
                    ),
                ),
            ],
        ),
    ]

"""Where a picture's licence stands to read, and where others can get one."""

import django.core.validators
from django.db import migrations, models

ADDRESS = {
    "blank": True,
    "max_length": 500,
}
SAID = "As the file says it."


class Migration(migrations.Migration):
    dependencies = [("media_assets", "0002_placements_are_fixed")]

    operations = [
        migrations.AddField(
            "agency",
            "licence_page",
            models.URLField(
                **ADDRESS,
                default="",
                validators=[django.core.validators.URLValidator(["https", "http"])],
                help_text="Where its licence stands to read. Search engines are told of it with each of its pictures "
                "that says nothing of its own; pages have it from when they are next drawn.",
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            "agency",
            "buying_page",
            models.URLField(
                **ADDRESS,
                default="",
                validators=[django.core.validators.URLValidator(["https", "http"])],
                help_text="Where others can get a licence from it; search engines are told likewise.",
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            "asset",
            "licence_page",
            models.URLField(**ADDRESS, default="", editable=False, help_text=SAID),
            preserve_default=False,
        ),
        migrations.AddField(
            "asset",
            "buying_page",
            models.URLField(**ADDRESS, default="", editable=False, help_text=SAID),
            preserve_default=False,
        ),
    ]

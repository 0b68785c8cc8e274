"""A right's row may come from the file itself (nobody's word), as long as it allows nothing."""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("media_assets", "0084_receipts_alike")]

    operations = [
        migrations.AlterField(
            model_name="rightsrow",
            name="added_by",
            field=models.ForeignKey(
                help_text="None: the file itself says it.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="rightsrow",
            constraint=models.CheckConstraint(
                condition=models.Q(("added_by__isnull", False), ("allowed", False), _connector="OR"),
                name="rights_allowed_by_somebody",
            ),
        ),
    ]

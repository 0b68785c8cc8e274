from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("articles", "0090_waivers_end")]

    operations = [
        migrations.AddField(
            model_name="complaint",
            name="withdrawal",
            field=models.ForeignKey(
                blank=True,
                help_text="The move that took the story from readers, where that followed.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="complaints",
                to="articles.movelog",
            ),
        ),
    ]

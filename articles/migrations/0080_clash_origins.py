"""What each clash came from, an open page or a publication, and which paragraph it was about."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("articles", "0048_quotations_set_apart")]

    operations = [
        migrations.AddField(
            model_name="clash",
            name="pen",
            field=models.CharField(blank=True, help_text="The open page whose text yours is.", max_length=32),
        ),
        migrations.AddField(
            model_name="clash",
            name="position",
            field=models.PositiveSmallIntegerField(
                default=0,
                help_text="Which paragraph of the text it was, from 1 (of one taken out: which it stood behind).",
            ),
        ),
        migrations.AddField(
            model_name="clash",
            name="published",
            field=models.ForeignKey(
                blank=True,
                help_text="Where no open page but a publication brought yours: what was published.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="articles.revision",
            ),
        ),
    ]

"""An agency's own number finds its picture at once: each page of what the agency has asks for twenty."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("media_assets", "0050_licence_pages")]

    operations = [
        migrations.AddIndex(
            "asset",
            models.Index(
                fields=["supplier_id"],
                condition=models.Q(("supplier_id", ""), _negated=True),
                name="asset_supplier_number",
            ),
        ),
    ]

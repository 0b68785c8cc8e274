"""A product's picture, merchant and affiliate tag become the placement's own: a story said of it what was approved, and
not what the library says today."""

import django.db.models.deletion
from django.db import migrations, models

# The trigger refuses every change of a placement. What stories say so far is what the library says at this moment.
# SET CONSTRAINTS: PostgreSQL alters no table that still has a foreign key to check.
FILL = """
ALTER TABLE articles_productplacement DISABLE TRIGGER articles_productplacement_fixed;
UPDATE articles_productplacement AS placement
   SET merchant = merchant.name,
       tag = merchant.tag,
       picture_id = asset.id,
       picture_text = COALESCE(asset.alternative_text, '')
  FROM articles_product AS product
  JOIN articles_merchant AS merchant ON merchant.id = product.merchant_id
  LEFT JOIN media_assets_asset AS asset ON asset.id = product.picture_id AND asset.alternative_text ~ '\\S'
 WHERE product.id = placement.product_id;
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE articles_productplacement ENABLE TRIGGER articles_productplacement_fixed;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0005_writing_together"),
        ("media_assets", "0002_placements_are_fixed"),
    ]
    operations = [
        migrations.AddField(
            model_name="productplacement",
            name="merchant",
            field=models.CharField(default="", help_text="Who sells it, as readers are told.", max_length=120),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="productplacement",
            name="tag",
            field=models.CharField(blank=True, help_text="The affiliate tag that its link carries.", max_length=120),
        ),
        migrations.AddField(
            model_name="productplacement",
            name="picture",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="product_placements",
                to="media_assets.asset",
            ),
        ),
        migrations.AddField(
            model_name="productplacement",
            name="picture_text",
            field=models.CharField(blank=True, help_text="The picture's alternative text.", max_length=500),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="productplacement",
            constraint=models.CheckConstraint(
                name="articles_productplacement_picture_said",
                condition=models.Q(picture__isnull=True) | models.Q(picture_text__regex=r"\S"),
            ),
        ),
    ]

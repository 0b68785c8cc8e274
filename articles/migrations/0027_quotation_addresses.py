"""Where an attribution leads becomes the placement's own: a story said of it what was approved, whatever the ledger says
later."""

from __future__ import annotations

from django.db import migrations, models

# The trigger refuses every change of a placement. What stories say so far is what the ledger says at this moment.
# SET CONSTRAINTS: PostgreSQL alters no table that still has a foreign key to check.
FILL = """
ALTER TABLE articles_quoteplacement DISABLE TRIGGER articles_quoteplacement_fixed;
UPDATE articles_quoteplacement AS placement
   SET chain = found.chain
  FROM (SELECT link.quotation_id,
               jsonb_agg(jsonb_build_object('name', outlet.name, 'url', outlet.url) ORDER BY link.position, link.id) AS chain
          FROM articles_quotationoutlet AS link
          JOIN articles_outlet AS outlet ON outlet.id = link.outlet_id
         GROUP BY link.quotation_id) AS found
 WHERE found.quotation_id = placement.quotation_id;
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE articles_quoteplacement ENABLE TRIGGER articles_quoteplacement_fixed;
"""


class Migration(migrations.Migration):
    dependencies = [("articles", "0026_seen_retention")]

    operations = [
        migrations.AddField(
            model_name="quoteplacement",
            name="chain",
            field=models.JSONField(
                default=list,
                help_text="The outlets that the attribution names, in its order: name, and address as it was then.",
            ),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]

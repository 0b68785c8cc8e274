"""A revision leans on what it sets apart as well as on what its text ties: entries for revisions that were saved before."""

from __future__ import annotations

from django.db import migrations

FILL = """
INSERT INTO articles_quotationuse (revision_id, quotation_id)
SELECT DISTINCT r.revision_id, p.quotation_id
FROM articles_reference r JOIN articles_quoteplacement p ON p.id = r.placement_id
WHERE r.kind = 'quote'
ON CONFLICT DO NOTHING
"""


class Migration(migrations.Migration):
    dependencies = [("articles", "0047_stands_because")]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]

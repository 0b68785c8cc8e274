"""The clashes of before: a fold's are of the minute of its publication, and each of the others is a page's of its own."""

from django.db import migrations

FILL = """
UPDATE articles_clash c SET published_id = p.revision_id
FROM articles_movelog f
JOIN articles_movelog p ON p.story_id = f.story_id AND p.at = f.at AND p.revision_id IS NOT NULL
    AND p.move IN ('publish', 'emergency-publish', 'publish-scheduled', 'live-post')
WHERE f.move = 'fold' AND f.draft_id = c.draft_id AND f.at = c.at;
UPDATE articles_clash SET pen = 'before' || id WHERE published_id IS NULL;
"""


class Migration(migrations.Migration):
    dependencies = [("articles", "0080_clash_origins")]
    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop, elidable=True)]

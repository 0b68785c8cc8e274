"""The site map's parts: stories by month of first publication and by number, each with the newest time in it. One look
into this index tells a part, and one its time, however many stories there are."""

from __future__ import annotations

from django.db import migrations

# The very expressions of articles/reader/sitemaps.py: PostgreSQL finds an index by its words.
FORWARD = """
CREATE INDEX articles_story_mapped ON articles_story
    ((date_trunc('month', first_published_at AT TIME ZONE 'UTC')), (id / 20000), visible_updated_at)
    WHERE readers = 'published';
"""


class Migration(migrations.Migration):
    dependencies = [("articles", "0030_earlier_addresses")]
    operations = [migrations.RunSQL(FORWARD, "DROP INDEX articles_story_mapped;")]

"""The stories that were published before search had rows of its own (0035): a few hundred at a time, each batch in a
transaction of its own, so that no writer waits for the whole archive."""

from typing import Any

from django.db import migrations, transaction

AT_ONCE = 500

# Held before their words are read: a story that is withdrawn at this moment waits, and its trigger takes the row away.
NEXT = """
SELECT id FROM articles_story s WHERE id > %s AND readers = 'published' AND published_revision_id IS NOT NULL
    AND NOT EXISTS (SELECT FROM articles_publishedwords w WHERE w.story_id = s.id)
ORDER BY id LIMIT %s FOR NO KEY UPDATE
"""


def fill(apps: Any, schema_editor: Any) -> None:
    last = 0
    while True:
        with transaction.atomic(), schema_editor.connection.cursor() as cursor:
            cursor.execute(NEXT, [last, AT_ONCE])
            if not (some := [row[0] for row in cursor.fetchall()]):
                return
            cursor.execute("SELECT articles_publish_words(id) FROM unnest(%s::bigint[]) AS id", [some])
            last = some[-1]


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("articles", "0036_fronts")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop, elidable=True)]

"""What readers search: one row for each published story with the words of its published revision, kept by a trigger in
the transaction that publishes, moves or withdraws it, so that no road around it exists. The stories that are published
already get theirs in 0045: here, with the triggers' lock, every writer would wait for the whole archive."""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.db import migrations, models

KEPT = """
CREATE FUNCTION articles_publish_words(which bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM articles_publishedwords w WHERE w.story_id = which AND NOT EXISTS (
        SELECT FROM articles_story s WHERE s.id = which AND s.readers = 'published' AND s.published_revision_id IS NOT NULL);
    -- Cut as the desk's rows are: a tsvector holds a megabyte, and more would refuse the publication.
    INSERT INTO articles_publishedwords (story_id, section_id, first_published_at, title, words, vector)
    SELECT id, section_id, first_published_at, t, w, articles_vector(t, w)
    FROM (
        SELECT s.id, s.section_id, s.first_published_at, normalize(left(r.headline, 1000)) AS t, normalize(left(
            concat_ws(E'\\n', nullif(r.standfirst, ''), articles_words(r.body), nullif(r.kicker, '')), 100000)) AS w
        FROM articles_story s JOIN articles_revision r ON r.id = s.published_revision_id
        WHERE s.id = which AND s.readers = 'published'
    ) AS cut
    ON CONFLICT (story_id) DO UPDATE SET section_id = excluded.section_id, title = excluded.title, words = excluded.words,
        first_published_at = excluded.first_published_at, vector = excluded.vector;
END $$;

CREATE FUNCTION articles_story_words_published() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM articles_publish_words(NEW.id);
    RETURN NULL;
END $$;

CREATE TRIGGER articles_story_words_begin AFTER INSERT ON articles_story
    FOR EACH ROW WHEN (NEW.published_revision_id IS NOT NULL) EXECUTE FUNCTION articles_story_words_published();
-- Asked of what changed, not of what was set: Django sets every column, and a story is saved for many reasons.
CREATE TRIGGER articles_story_words_follow AFTER UPDATE ON articles_story
    FOR EACH ROW WHEN ((OLD.readers, OLD.published_revision_id, OLD.section_id, OLD.first_published_at)
        IS DISTINCT FROM (NEW.readers, NEW.published_revision_id, NEW.section_id, NEW.first_published_at))
    EXECUTE FUNCTION articles_story_words_published();
"""
BACK = """
DROP TRIGGER articles_story_words_begin ON articles_story;
DROP TRIGGER articles_story_words_follow ON articles_story;
DROP FUNCTION articles_story_words_published();
DROP FUNCTION articles_publish_words(bigint);
"""


class Migration(migrations.Migration):
    dependencies = [("articles", "0031_sitemap_parts")]

    operations = [
        migrations.CreateModel(
            name="PublishedWords",
            fields=[
                (
                    "story",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="articles.story",
                    ),
                ),
                (
                    "section",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="articles.section",
                    ),
                ),
                ("first_published_at", models.DateTimeField()),
                ("title", models.TextField()),
                ("words", models.TextField(blank=True)),
                ("vector", django.contrib.postgres.search.SearchVectorField()),
            ],
            options={
                "verbose_name_plural": "published words",
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(fields=["vector"], name="articles_published_words"),
                    models.Index(
                        models.F("first_published_at").desc(),
                        models.F("story").desc(),
                        name="articles_published_newest",
                    ),
                    models.Index(
                        "section",
                        models.F("first_published_at").desc(),
                        models.F("story").desc(),
                        name="articles_published_section",
                    ),
                ],
            },
        ),
        migrations.RunSQL(KEPT, BACK),
    ]

"""An address that readers hold leads to its story as long as the story is there. The rows are written by the database,
in the transaction that changes an address: no form, console or script goes round them."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models

import articles.models.sections

ID = ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))

FORWARD = """
CREATE FUNCTION articles_story_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO articles_earlieraddress (section, slug, story_id, left_at)
    SELECT section.slug, OLD.slug, OLD.id, clock_timestamp() FROM articles_section AS section WHERE section.id = OLD.section_id
    ON CONFLICT (section, slug) DO UPDATE SET story_id = EXCLUDED.story_id, left_at = EXCLUDED.left_at;
    RETURN NULL;
END $$;
CREATE TRIGGER articles_story_moved AFTER UPDATE OF section_id, slug ON articles_story
    FOR EACH ROW WHEN (OLD.readers <> 'nothing' AND (OLD.section_id, OLD.slug) IS DISTINCT FROM (NEW.section_id, NEW.slug))
    EXECUTE FUNCTION articles_story_moved();

-- Before any row is locked: a story that is being published in the section meanwhile is waited for, or its address under
-- the old name would lead nowhere; and whoever writes a story and waits for the section's row cannot wait for us.
CREATE FUNCTION articles_section_moving() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    LOCK TABLE articles_story IN SHARE ROW EXCLUSIVE MODE;
    RETURN NULL;
END $$;
CREATE TRIGGER articles_section_moving BEFORE UPDATE OF slug ON articles_section
    FOR EACH STATEMENT EXECUTE FUNCTION articles_section_moving();

CREATE FUNCTION articles_section_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO articles_earliersection (slug, section_id, left_at) VALUES (OLD.slug, OLD.id, clock_timestamp())
    ON CONFLICT (slug) DO UPDATE SET section_id = EXCLUDED.section_id, left_at = EXCLUDED.left_at;
    INSERT INTO articles_earlieraddress (section, slug, story_id, left_at)
    SELECT OLD.slug, story.slug, story.id, clock_timestamp()
      FROM articles_story AS story WHERE story.section_id = OLD.id AND story.readers <> 'nothing'
    ON CONFLICT (section, slug) DO UPDATE SET story_id = EXCLUDED.story_id, left_at = EXCLUDED.left_at;
    RETURN NULL;
END $$;
CREATE TRIGGER articles_section_moved AFTER UPDATE OF slug ON articles_section
    FOR EACH ROW WHEN (OLD.slug IS DISTINCT FROM NEW.slug) EXECUTE FUNCTION articles_section_moved();

CREATE FUNCTION articles_topic_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO articles_earliertopic (slug, topic_id, left_at) VALUES (OLD.slug, OLD.id, clock_timestamp())
    ON CONFLICT (slug) DO UPDATE SET topic_id = EXCLUDED.topic_id, left_at = EXCLUDED.left_at;
    RETURN NULL;
END $$;
CREATE TRIGGER articles_topic_moved AFTER UPDATE OF slug ON articles_topic
    FOR EACH ROW WHEN (OLD.slug IS DISTINCT FROM NEW.slug) EXECUTE FUNCTION articles_topic_moved();
"""

BACKWARD = """
DROP TRIGGER articles_topic_moved ON articles_topic;
DROP TRIGGER articles_section_moved ON articles_section;
DROP TRIGGER articles_section_moving ON articles_section;
DROP TRIGGER articles_story_moved ON articles_story;
DROP FUNCTION articles_topic_moved();
DROP FUNCTION articles_section_moved();
DROP FUNCTION articles_section_moving();
DROP FUNCTION articles_story_moved();
"""


class Migration(migrations.Migration):
    dependencies = [("articles", "0027_quotation_addresses")]

    operations = [
        migrations.CreateModel(
            name="EarlierAddress",
            fields=[
                ID,
                ("section", models.CharField(help_text="What the section was called in the address.", max_length=60)),
                ("slug", models.CharField(max_length=90)),
                ("left_at", models.DateTimeField()),
                (
                    "story",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="earlier_addresses",
                        to="articles.story",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "earlier addresses",
                "constraints": [models.UniqueConstraint("section", "slug", name="articles_earlieraddress_once")],
            },
        ),
        migrations.CreateModel(
            name="EarlierSection",
            fields=[
                ID,
                ("slug", models.SlugField(max_length=60, unique=True)),
                ("left_at", models.DateTimeField()),
                (
                    "section",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="earlier_slugs",
                        to="articles.section",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="EarlierTopic",
            fields=[
                ID,
                ("slug", models.SlugField(max_length=80, unique=True)),
                ("left_at", models.DateTimeField()),
                (
                    "topic",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="earlier_slugs", to="articles.topic"
                    ),
                ),
            ],
        ),
        migrations.AlterField(
            model_name="section",
            name="slug",
            field=models.SlugField(
                help_text="Readers hold it: when it is changed, the section, its feeds and its stories lead on from the old one.",
                max_length=60,
                unique=True,
                validators=[articles.models.sections.not_reserved],
                verbose_name="address",
            ),
        ),
        migrations.AlterField(
            model_name="topic",
            name="slug",
            field=models.SlugField(
                help_text="When it is changed, the old one leads on.",
                max_length=80,
                unique=True,
                verbose_name="address",
            ),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]

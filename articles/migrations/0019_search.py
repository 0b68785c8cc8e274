"""The desk's search: one row for each story, source and product with its words, written by triggers in the transaction
that changes them, so that no road around them exists."""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
from django.db import migrations, models

from articles.migrations._search import SEARCH, SEARCH_BACK

FILL = """
SELECT articles_search_story(id) FROM articles_story;
SELECT articles_search_source(id) FROM articles_source;
SELECT articles_keep_words('product', id, now(), concat_ws(' ', maker, title), blurb) FROM articles_product;
"""


class Migration(migrations.Migration):
    dependencies = [("articles", "0018_board_changes")]
    operations = [
        migrations.CreateModel(
            name="SearchEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        max_length=10, choices=[("story", "Story"), ("source", "Source"), ("product", "Product")]
                    ),
                ),
                ("thing", models.BigIntegerField(help_text="The story's, source's or product's number.")),
                ("touched_at", models.DateTimeField()),
                ("title", models.TextField(blank=True)),
                ("words", models.TextField(blank=True)),
                ("vector", django.contrib.postgres.search.SearchVectorField()),
            ],
            options={
                "verbose_name_plural": "search entries",
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(fields=["vector"], name="articles_search_words"),
                    models.Index(
                        "kind", models.F("touched_at").desc(), models.F("thing").desc(), name="articles_search_newest"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(models.F("kind"), models.F("thing"), name="articles_search_once")
                ],
            },
        ),
        migrations.RunSQL(SEARCH, SEARCH_BACK),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]

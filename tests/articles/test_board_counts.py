"""The board's counts stop, also those of a filtered board: what they read does not grow with the archive."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles import shelf
from articles.models import Draft, Story
from articles.shelf import Filters
from tests.benchmarks.scale import fill
from tests.factories.accounts import person
from tests.factories.articles import section
from tests.factories.media_assets import asset, image_placement

STORIES, MOST, LOOKED = 2000, 20, 30
FILTERS = [
    Filters(),
    Filters(section_id=1),
    Filters(section_id=0),
    Filters(owner_id=1),
    Filters(owner_id=0),
    Filters(live=True),
    Filters(warned=True),
    Filters(warned=True, section_id=1, owner_id=1),
    Filters(warned=True, section_id=0),
]


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from nodes(below)


def read(sql: str) -> int:
    """How many rows of stories, drafts and revisions a question reads, whether it takes them or not."""
    with connection.cursor() as cursor:
        cursor.execute("SET enable_seqscan = off")  # of a few thousand rows PostgreSQL reads all for any question
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}")
        (said,) = cursor.fetchone()
        cursor.execute("RESET enable_seqscan")
    (plan,) = json.loads(said) if isinstance(said, str) else said
    return sum(
        (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"]
        for node in nodes(plan["Plan"])
        if node.get("Relation Name") in ("articles_story", "articles_draft", "articles_revision")
    )


@pytest.mark.django_db(transaction=True)
def test_what_the_counts_read_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelf, "MOST_COUNTED", MOST)
    monkeypatch.setattr(shelf, "LOOKED_THROUGH", LOOKED)
    editor = fill(STORIES)
    # All is well with the archive: what is flagged would have to be looked for in all of it.
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE articles_revision DISABLE TRIGGER USER")
        cursor.execute("UPDATE articles_revision SET lead_image_id = %s", [image_placement(asset(made=False)).pk])
        cursor.execute("ALTER TABLE articles_revision ENABLE TRIGGER USER")
        # An archive has few open drafts; beside many, reading two thousand stories costs no more than finding theirs.
        cursor.execute("UPDATE articles_draft SET standing = 'closed' WHERE id %% 100 <> 0", [])
        cursor.execute("VACUUM ANALYZE articles_revision, articles_draft")
    drafts = Draft.objects.exclude(standing="closed").count()
    assert (drafts, Story.objects.filter(readers="published").count()) == (STORIES // 100, STORIES * 9 // 10)
    for asked in FILTERS:
        known = {"section_id": asked.section_id and section().pk, "owner_id": asked.owner_id and editor.pk}
        unknown = {name: 10**9 for name in known if getattr(asked, name) == 0}
        filters = Filters(**{**asked.__dict__, **known, **unknown})
        with CaptureQueriesContext(connection) as ran:
            shelf.counts(shelf.looked_at(filters, timezone.now()), person("editor", name="Carol Crane"))
        (sql,) = [query["sql"] for query in ran if "count(*)" in query["sql"]]
        assert sql.count(f"LIMIT {MOST + 1}") == sql.count("SELECT count(*)") == 12
        # Each of twelve questions reads what is open of one standing, or what it may look through, with what belongs to
        # each; the published ones are ninety times as many.
        assert read(sql) < 15 * drafts + 4 * LOOKED, filters
        # What is looked for beside it: the newest of each kind, with what they say.
        beside = [query["sql"] for query in ran if query["sql"].startswith("SELECT") and query["sql"] != sql]
        assert sum(map(read, beside)) <= 4 * drafts + 8 * LOOKED, filters

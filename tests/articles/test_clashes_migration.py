"""Clashes of before they named what they came from (migrations 0080 to 0082)."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module

import pytest
from django.db import connection

from articles.models import Clash, Draft, MoveLog
from tests.factories import articles as make
from tests.factories.accounts import person

# As they stood: one person could have several of one place, and none named a page or a publication.
BEFORE = """
DROP INDEX articles_clash_one_a_page;
DROP INDEX articles_clash_one_a_publication;
"""
AFTER = """
SET CONSTRAINTS ALL IMMEDIATE;
CREATE UNIQUE INDEX one_a_page ON articles_clash (draft_id, place, person_id, pen) WHERE choice = '' AND published_id IS NULL;
CREATE UNIQUE INDEX one_a_publication ON articles_clash (draft_id, place, published_id) WHERE published_id IS NOT NULL;
"""


@pytest.mark.django_db
@pytest.mark.parametrize("move", ["publish", "emergency-publish", "publish-scheduled", "live-post"])
def test_each_gets_what_it_came_from(move: str) -> None:
    carol, minute = person("editor", name="Carol Crane"), timedelta(minutes=1)
    told, stranger = make.published_story(), make.published_story()
    seen = told.published_revision
    rewrite = Draft.objects.create(
        story=told,
        head=seen,
        base_revision=seen,
        opened_by=told.owner,
        opened_at=make.AT,
        changed_at=make.AT,
        changed_by=carol,
    )
    other: Draft = make.story().draft  # type: ignore[attr-defined]
    fold = make.AT + 10 * minute
    by = {"person": carol}
    MoveLog.objects.create(story=told, revision=seen, move=move, at=fold, **by)
    MoveLog.objects.create(story=told, draft=rewrite, revision=seen, move="fold", at=fold, **by)
    # Another one later, and one of the same minute elsewhere.
    later = make.revision(rewrite, author=carol)
    MoveLog.objects.create(story=told, revision=later, move="publish", at=fold + minute, **by)
    MoveLog.objects.create(story=told, draft=rewrite, revision=later, move="fold", at=fold + minute, **by)
    MoveLog.objects.create(story=stranger, revision=stranger.published_revision, move=move, at=fold, **by)
    with connection.cursor() as cursor:
        cursor.execute(BEFORE)
    folded = [make.clash(rewrite, place=place) for place in ("headline", "standfirst")]
    again = make.clash(rewrite, place="kicker")
    paged = [make.clash(rewrite) for _ in range(2)]  # one place, one person, twice
    elsewhere = make.clash(other)
    Clash.objects.filter(pk__in=[one.pk for one in folded]).update(at=fold)
    Clash.objects.filter(pk=again.pk).update(at=fold + minute)
    Clash.objects.filter(pk=paged[0].pk).update(at=fold + 2 * minute)
    Clash.objects.filter(pk=elsewhere.pk).update(at=fold)
    with connection.cursor() as cursor:
        cursor.execute(import_module("articles.migrations.0081_fill_clash_origins").FILL)
        cursor.execute(AFTER)
    came = {clash.pk: (clash.published_id, clash.pen) for clash in Clash.objects.all()}
    assert seen is not None
    assert came == {
        **{one.pk: (seen.pk, "") for one in folded},
        again.pk: (later.pk, ""),
        **{one.pk: (None, f"before{one.pk}") for one in (*paged, elsewhere)},
    }

"""The archive gets its search rows batch by batch, and no writer waits for more than a batch (migration 0045)."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection

from articles.models import PublishedWords, Story
from tests.factories import articles as make
from tests.flush import flush_by_delete  # noqa: F401

filling = import_module("articles.migrations.0045_fill_published_words")


@pytest.mark.django_db(transaction=True)
def test_every_published_story_is_filled_in_and_none_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filling, "AT_ONCE", 2)
    made = [make.published_story(headline=f"Marmalade {number}") for number in range(5)]
    make.story(headline="Nobody has seen this")
    gone = make.published_story()
    Story.objects.filter(pk=gone.pk).update(readers="withdrawn")
    PublishedWords.objects.exclude(pk=made[1].pk).delete()
    batches: list[int] = []
    with connection.execute_wrapper(
        lambda run, sql, params, many, context: (
            batches.append(len(params[0])) if "unnest" in sql else None,
            run(sql, params, many, context),
        )[1]
    ):
        filling.fill(apps, connection.schema_editor())
    assert set(PublishedWords.objects.values_list("pk", flat=True)) == {story.pk for story in made}
    assert batches == [2, 2]
    assert not filling.Migration.atomic
    filling.fill(apps, connection.schema_editor())
    assert PublishedWords.objects.count() == 5

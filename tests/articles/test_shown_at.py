"""One rule of what readers may see, asked of many rows by PostgreSQL and of one in hand: the same answer (promise 8)."""

from __future__ import annotations

from datetime import timedelta
from itertools import product

import pytest

from articles.access import published
from articles.models import Story
from tests.factories.articles import AT, published_story, story, withdrawn_story

HOUR = timedelta(hours=1)


@pytest.mark.django_db
def test_both_answer_the_same_at_every_moment() -> None:
    made = [story(), withdrawn_story()]
    for number, (first, embargo) in enumerate(
        product((-HOUR, 0 * HOUR, HOUR), (None, -HOUR, 0 * HOUR, HOUR, 2 * HOUR))
    ):
        shown = published_story(headline=f"Story {number}", at=AT + first)
        Story.objects.filter(pk=shown.pk).update(embargo_until=None if embargo is None else AT + embargo)
        made.append(shown)
    answers = set()
    for at in (AT - 2 * HOUR, AT - HOUR, AT, AT + HOUR, AT + 3 * HOUR):
        seen = set(published(at).values_list("pk", flat=True))
        for one in Story.objects.filter(pk__in=[one.pk for one in made]):
            assert one.shown_at(at) == (one.pk in seen), (one, at)
            answers.add(one.shown_at(at))
    assert answers == {True, False}

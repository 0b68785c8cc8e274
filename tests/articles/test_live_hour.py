"""A live story in a busy hour: what posts leave to others, and what they end with."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from articles import posting, workflow
from articles.models import Story
from articles.refusals import MoveRefused
from newsroom.accounts.models import Person
from tests.factories.accounts import person
from tests.factories.articles import published_story
from tests.factories.live import live_pen

pytestmark = pytest.mark.django_db


@pytest.fixture
def bob() -> Person:
    return person("editor", name="Bob")


@pytest.fixture
def seen() -> Story:
    return published_story(headline="A day at the harbour", live=True)


def test_a_busy_hour_keeps_nobody_from_withdrawing(seen: Story, bob: Person, now: datetime) -> None:
    """The page on which somebody presses is older than the newest post."""
    shown = Story.objects.get(pk=seen.pk).version
    posting.post(story_id=seen.pk, person=bob, words="The King is here.", at=now)
    story = Story.objects.get(pk=seen.pk)
    workflow.withdraw(story=story, person=bob, expected_version=shown, at=now, reason="Wrong")
    assert Story.objects.get(pk=seen.pk).readers == "withdrawn"


@pytest.mark.parametrize("gone", [{"is_active": False}, {"roles": ["reporter"]}])
def test_a_pen_ends_with_whoever_gave_it(seen: Story, bob: Person, now: datetime, gone: dict[str, Any]) -> None:
    """Their name would stand behind what they no longer answer for (promise 2)."""
    pen = live_pen(seen, by=bob, at=now)
    type(bob).objects.filter(pk=bob.pk).update(**gone)
    with pytest.raises(MoveRefused, match="hold the live pen"):
        posting.post(story_id=seen.pk, person=pen.person, words="The King is here.", at=now)

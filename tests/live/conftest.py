from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from articles import posting
from articles.models import Story
from newsroom import live
from newsroom.live import following
from tests.factories import articles as make
from tests.factories.accounts import person
from tests.live.listening import aside


@pytest.fixture
def story() -> Story:
    made = make.published_story(
        body="<p>The gates opened at nine.</p>", live=True, at=timezone.now() - timedelta(hours=1)
    )
    following.look(f"story:{made.pk}")
    return made


@pytest.fixture
def post(story: Story) -> Callable[[str], Any]:
    editor = person("editor")

    def say(words: str) -> None:
        posting.post(story_id=story.pk, person=editor, words=words, at=timezone.now())
        live.purge(f"story:{story.pk}")

    return aside(say)

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from articles import drafts
from articles.models import Draft, Revision
from newsroom.accounts.models import Person
from tests.factories.accounts import person

NOW = datetime(2025, 9, 11, 9, 0, tzinfo=UTC)


@pytest.fixture
def alice(db: None) -> Person:
    return person("reporter")


@pytest.fixture
def bob(db: None) -> Person:
    return person("editor")


@pytest.fixture
def carol(db: None) -> Person:
    return person("editor", name="Carol Crane")


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def later() -> Callable[[int], datetime]:
    """Minutes after NOW."""
    return lambda minutes: NOW + timedelta(minutes=minutes)


@pytest.fixture
def save() -> Callable[..., Revision]:
    """Save other words on a draft as it stands now: ``save(draft, person, body="<p>…</p>")``."""

    def save(draft: Draft, by: Person, *, at: datetime = NOW, autosave: bool = False, **words: Any) -> Revision:
        draft.refresh_from_db()
        assert draft.head is not None
        content = drafts.Content(**{**drafts.content_of(draft.head).__dict__, **words})
        revision = drafts.save(
            draft.pk, person=by, expected_version=draft.version, content=content, at=at, autosave=autosave
        )
        draft.refresh_from_db()
        return revision

    return save

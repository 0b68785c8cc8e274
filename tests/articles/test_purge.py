"""What each event makes stale."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from articles import handlers, leaving, workflow
from newsroom import outbox
from newsroom.accounts.models import Person
from tests.factories.articles import published_story, story, topic


@pytest.fixture
def purged(monkeypatch: pytest.MonkeyPatch) -> list[tuple[set[str], bool]]:
    calls: list[tuple[set[str], bool]] = []
    for module in (handlers, leaving):
        monkeypatch.setattr(module, "purge", lambda *tags, gone=False: calls.append((set(tags), gone)))
    return calls


@pytest.mark.django_db(transaction=True)
def test_a_publication_reaches_its_pages_through_the_outbox(purged: list[Any], now: datetime) -> None:
    king = topic()
    made = story(standing="approved", topics=[king])
    draft = made.draft  # type: ignore[attr-defined]
    workflow.publish(draft=draft, person=draft.approved_by, expected_version=1, at=now)
    assert purged == []
    outbox.relay()
    lists = {f"section:{made.section_id}", f"topic:{king.pk}", f"author:{made.owner_id}", "sitemap:2025-09"}
    assert purged == [({"home", f"story:{made.pk}"} | lists, False)]


@pytest.mark.django_db(transaction=True)
def test_a_withdrawn_story_may_not_even_stand_in(purged: list[Any], now: datetime) -> None:
    from tests.factories.accounts import person

    bob: Person = person("editor")
    king = topic()
    shown = published_story(topics=[king])
    workflow.withdraw(story=shown, person=bob, expected_version=1, at=now, reason="Wrong")
    outbox.relay()
    assert ({f"story:{shown.pk}"}, True) in purged
    assert ({"feed:sitemap", "sitemap:2025-09"}, True) in purged
    assert ({"feed"}, True) in purged
    lists = {"home", f"section:{shown.section_id}", f"topic:{king.pk}", f"author:{shown.owner_id}"}
    assert any(lists <= tags for tags, _ in purged)

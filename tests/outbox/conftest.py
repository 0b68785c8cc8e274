from __future__ import annotations

from collections.abc import Iterator

import pytest

from newsroom.outbox import doorbell, event, events
from tests.flush import flush_by_delete  # noqa: F401
from tests.outbox.kit import Registry


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> Iterator[Registry]:
    monkeypatch.setattr(events, "_kinds", dict(events._kinds))
    monkeypatch.setattr(events, "_handlers", dict(events._handlers))
    made = Registry(event("kit.happened", fields=("subject_id",)))

    def note(task: str) -> None:
        made.rung.append(task)

    monkeypatch.setattr(doorbell, "ring", note)
    return made

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from newsroom import notices
from newsroom.accounts.models import Person
from newsroom.notices import kinds
from tests.factories.accounts import person

NOW = datetime(2025, 9, 11, 9, 0, tzinfo=UTC)


def after(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)


@pytest.fixture
def of_kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three kinds of the test's own, and none of the apps'."""
    monkeypatch.setattr(kinds, "_kinds", {})
    everybody = {"may": lambda person: True, "help": "When it happens."}
    notices.register(notices.Kind(name="kit.quiet", label="A quiet thing", order=1, **everybody))
    notices.register(notices.Kind(name="kit.loud", label="A loud thing", mail=True, order=2, **everybody))
    notices.register(
        notices.Kind(name="kit.must", label="A thing to see", mail=True, always=True, order=3, **everybody)
    )
    notices.register(
        notices.Kind(name="kit.legal", label="For legal", help="", may=lambda person: person.has_role("legal"), order=4)
    )


@pytest.fixture
def alice(db: None) -> Person:
    return person("reporter")


@pytest.fixture
def bob(db: None) -> Person:
    return person("editor")


@pytest.fixture
def tell(of_kinds: None) -> Callable[..., None]:
    """Tell people something in a transaction of its own: ``tell("kit.loud", [alice], key="1")``."""

    def tell(kind: str, people: list[Person], *, key: str, **facts: Any) -> None:
        facts = {"title": f"It happened: {key}", "url": "/desk/stories/", "at": NOW, **facts}
        with transaction.atomic():
            notices.tell(kind, people, key=key, **facts)

    return tell

from __future__ import annotations

import pytest

from newsroom.deskui import guide, menu, palette


@pytest.fixture
def empty_desk(monkeypatch: pytest.MonkeyPatch) -> None:
    """A desk to which no app has added anything yet."""
    monkeypatch.setattr(menu, "_items", {})
    monkeypatch.setattr(palette, "_actions", {})
    monkeypatch.setattr(palette, "_finders", [])
    monkeypatch.setattr(guide, "_sections", {})

from __future__ import annotations

import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.urls import clear_url_caches

import newsroom.urls


@pytest.fixture
def demo(settings: Any, tmp_path: Path) -> Iterator[None]:
    """The site's addresses as they are where the demo runs, with an empty inbox."""
    settings.HOME, settings.DEMO = tmp_path, True
    _read_the_addresses_again()
    yield
    settings.DEMO = False
    _read_the_addresses_again()


def _read_the_addresses_again() -> None:
    importlib.reload(newsroom.urls)
    clear_url_caches()


@pytest.fixture
def surroundings(surroundings: dict[str, str], demo: None, tmp_path: Path) -> dict[str, str]:
    """The site of a browser test, with the demo's pages and the same inbox."""
    return surroundings | {"DEMO": "true", "NEWSROOM_HOME": str(tmp_path)}

"""Thousands of pages are made in these tests: what each costs beside the product's own work is left out here.

A plugin of pytest (``tests/conftest.py`` names it).
"""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest


def pytest_collection_finish() -> None:
    """What has been imported and collected stays until the end: it is swept once, and not again by every test."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture(scope="session", autouse=True)
def unwatched_templates(django_test_environment: None) -> Iterator[None]:
    """Have no copy made of the context of every template that is rendered.

    Django's test client makes it for ``response.context``; a test that reads that asks for ``watched_templates``.
    """
    from django.template.base import Template
    from django.test.utils import _TestState

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Template, "_render", _TestState.saved_data.template_render)
        yield


@pytest.fixture
def watched_templates(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have ``response.context`` and ``response.templates`` in this test."""
    from django.template.base import Template
    from django.test.utils import instrumented_test_render

    monkeypatch.setattr(Template, "_render", instrumented_test_render)

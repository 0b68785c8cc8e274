from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.conf import LazySettings
from django.urls import clear_url_caches

from tests import valkey
from tests.pagecache import site


@pytest.fixture(autouse=True)
def press(settings: LazySettings) -> Iterator[site.Press]:
    """The little site instead of the product, with nothing kept of it."""
    settings.ROOT_URLCONF = "tests.pagecache.site"
    settings.ORIGIN = "http://127.0.0.1:8000"
    settings.ALLOWED_HOSTS = ["127.0.0.1", "www.example.org"]
    settings.MIDDLEWARE = []
    clear_url_caches()
    valkey.emptied()
    fresh = site.Press()
    site.press.__dict__.clear()
    site.press.__dict__.update(fresh.__dict__)
    yield site.press
    clear_url_caches()

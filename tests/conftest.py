"""What every test stands on: real PostgreSQL, real Valkey, a clean page cache, no network."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests import valkey

pytest_plugins = ["tests.browser", "tests.completeness", "tests.flush", "tests.template", "tests.thrift"]


def pytest_configure(config: pytest.Config) -> None:
    """Give each worker process its own Valkey database and folders, so that parallel tests do not meet."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
    number = int(worker.removeprefix("gw") or 0) + 1
    from django.conf import settings

    base = settings.REDIS_URL.rsplit("/", 1)[0] if settings.REDIS_URL.count("/") > 2 else settings.REDIS_URL
    settings.REDIS_URL = f"{base}/{number}"
    os.environ["REDIS_URL"] = settings.REDIS_URL
    # Hundreds of processes are started; without their bytecode each compiles the whole product first.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    from django.db import connections

    # A test that closes its connection means it, and one that is kept would hold the test database.
    connections.settings["default"]["IDLE"] = 0
    from newsroom.celery import app

    app.conf.broker_url = settings.REDIS_URL


# What `make quick` leaves out beside the browser's journeys: a few tests that take a third of all other tests' time.
THOROUGH = (
    "tests/faults/test_demo",
    "tests/house/test_malformed.py",
    "tests/newsletters/test_killed.py",
    "tests/articles/test_workflow_machine.py",
    "tests/reader/test_addresses_any_order.py",
)
# What takes longest, so that no process is left alone with it at the end of a run.
LONG = (
    "tests/faults/test_demo",
    "tests/newsletters/test_killed.py",
    "tests/embedded/",
    "tests/articles/test_workflow_machine.py",
    "tests/journeys/",
    "tests/articles/test_pages_in_browser.py",
    "tests/accounts/test_pages.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests last: Playwright keeps an event loop in the thread of its tests, in which asyncio.run() refuses.

    Before and after that border the long ones come first; the rest stays in its random order.
    """
    for item in items:
        if item.nodeid.startswith(THOROUGH):
            item.add_marker("thorough")
    items.sort(key=lambda item: (item.get_closest_marker("browser") is not None, not item.nodeid.startswith(LONG)))


@pytest.fixture(autouse=True)
def own_folders(media_folder: Path, settings: object) -> None:
    """Keep pictures of tests out of the newsroom's own folders."""
    place = media_folder
    settings.MEDIA_ROOT = place / "public"  # type: ignore[attr-defined]
    settings.PRIVATE_ROOT = place / "private"  # type: ignore[attr-defined]
    settings.STORAGES = {  # type: ignore[attr-defined]
        **settings.STORAGES,  # type: ignore[attr-defined]
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.STATIC_ROOT = place / "static"  # type: ignore[attr-defined]
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # type: ignore[attr-defined]  # WhiteNoise warns without
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # type: ignore[attr-defined]


@pytest.fixture(autouse=True)
def no_haste(settings: object) -> None:
    """However slow this machine is now, a page is waited for: what comes of waiting in vain has tests of its own."""
    settings.PAGE_PATIENCE = 60  # type: ignore[attr-defined]


@pytest.fixture(autouse=True)
def empty_valkey() -> None:
    """Each test begins with no kept pages, budgets or messages."""
    valkey.emptied()

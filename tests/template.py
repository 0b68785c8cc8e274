"""One migrated database that the others are copied from.

Migrating takes seconds of processor time; PostgreSQL copies the result in one. A plugin of pytest
(``tests/conftest.py`` names it). The template stays on the server, under a name that says which migrations it has:
other processes of this run find it, and so does the next run.
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path
from typing import Any

import django
import pytest

ROOT = Path(__file__).resolve().parents[1]
PREFIX = "newsroom_template_"
LOCK = 5_193_047_261  # of nobody else


def name() -> str:
    """What the template of these very migrations is called."""
    seen = hashlib.sha256(f"{django.VERSION} {sys.version_info[:2]}".encode())
    for path in [
        ROOT / "newsroom/settings.py",
        ROOT / "newsroom/migrating.py",
        *sorted(ROOT.glob("*/migrations/*.py")),
        *sorted(ROOT.glob("*/*/migrations/*.py")),
    ]:
        seen.update(f"{path.relative_to(ROOT)}\n".encode() + path.read_bytes())
    return PREFIX + seen.hexdigest()[:20]


def made() -> str:
    """The template's name; it is made where the server has none of it, and those of other migrations are dropped."""
    from django.db import connection

    wanted = name()
    with connection._nodb_cursor() as cursor:
        # One of several processes makes it; a killed one gives the lock back with its connection.
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [PREFIX + "%"])
        found = {row[0] for row in cursor.fetchall()}
        if wanted not in found:
            for old in found:
                cursor.execute(f'DROP DATABASE IF EXISTS "{old}"')
            _make(cursor, wanted)
    return wanted


def _make(cursor: Any, wanted: str) -> None:
    from django.core.management import call_command
    from django.db import connection

    unfinished = f"{PREFIX}unfinished"  # a run that is killed here leaves this, and the next begins anew
    cursor.execute(f'CREATE DATABASE "{unfinished}"')
    before = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = unfinished
    try:
        call_command("migrate", verbosity=0, interactive=False, run_syncdb=True)
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before
    cursor.execute(f'ALTER DATABASE "{unfinished}" RENAME TO "{wanted}"')


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None, django_db_blocker: Any) -> None:
    """Have pytest-django copy the template; its own migrating then finds nothing left to do."""
    from django.db import connection

    with django_db_blocker.unblock():
        connection.settings_dict["TEST"]["TEMPLATE"] = made()

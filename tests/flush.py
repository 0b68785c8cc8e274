"""Emptying the database after a test that commits: by DELETE, only where there is something.

TRUNCATE, which Django uses, makes new files for each table and index: a second for this product, against a few
milliseconds. The tables' own triggers (append-only logs) are out of force for the deletion alone. What migrating writes
of itself (the names of models and permissions, which no test changes) stays: to write it anew takes half a second.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from django.core.management.commands import flush
from django.db.backends.postgresql.operations import DatabaseOperations

FLUSH = """
DO $$
DECLARE
    name text;
    filled boolean;
BEGIN
    BEGIN
        SET LOCAL session_replication_role = replica;
    EXCEPTION WHEN insufficient_privilege THEN  -- a server of one's own, with a role that is no superuser
        TRUNCATE {quoted};
        RETURN;
    END;
    FOREACH name IN ARRAY ARRAY[{tables}] LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM %I)', name) INTO filled;
        IF filled THEN EXECUTE format('DELETE FROM %I', name); END IF;
    END LOOP;
END $$
"""


KEPT = {"django_content_type", "auth_permission"}


def _sql_flush(self: Any, style: Any, tables: Sequence[str], **options: Any) -> list[str]:
    tables = [table for table in tables if table not in KEPT]
    names = ", ".join("'" + table.replace("'", "''") + "'" for table in tables)
    quoted = ", ".join(self.quote_name(table) for table in tables)
    return [FLUSH.format(tables=names, quoted=quoted)] if tables else []


@pytest.fixture(scope="session", autouse=True)
def flush_by_delete() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "sql_flush", _sql_flush)
        patch.setattr(flush, "emit_post_migrate_signal", lambda *args, **options: None)
        yield

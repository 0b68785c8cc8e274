"""Tables that only grow: the database refuses to change or delete a row, whoever asks."""

from __future__ import annotations

from django.db import migrations

SQL = """
CREATE OR REPLACE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'Rows of {table} are never changed or deleted.' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION {table}_append_only();
"""
BACK = "DROP TRIGGER {table}_append_only ON {table}; DROP FUNCTION {table}_append_only();"


def append_only(table: str) -> migrations.RunSQL:
    """Return a migration step that makes a table append-only; a refused statement raises ``IntegrityError``.

    TRUNCATE is left alone: only the table's owner may do it, who could drop the trigger as well, and tests need it.
    """
    return migrations.RunSQL(SQL.format(table=table), BACK.format(table=table))

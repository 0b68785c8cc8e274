"""The audit log: written with the deed, never changed, never a secret in it."""

from __future__ import annotations

import contextlib
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, connection, transaction

from newsroom.audit import note
from newsroom.audit.models import AuditRow

pytestmark = pytest.mark.django_db

frank = SimpleNamespace(pk=7, name="Frank")


def test_note_keeps_who_what_and_when() -> None:
    note(frank, "accounts.invite", "person:12", roles=["editor"])
    row = AuditRow.objects.get()
    assert (row.person_id, row.person_name, row.action, row.subject) == (7, "Frank", "accounts.invite", "person:12")
    assert row.facts == {"roles": ["editor"]}
    assert row.at
    assert str(row) == "Frank: accounts.invite person:12"


def test_nobody_is_the_system() -> None:
    note(None, "outbox.retry", "effect:3")
    row = AuditRow.objects.get()
    assert row.person_id is None
    assert str(row) == "the system: outbox.retry effect:3"


@pytest.mark.parametrize(
    "name", ["password", "new_password", "reset_token", "SECRET", "session_key", "source_identity"]
)
def test_no_secrets(name: str) -> None:
    with pytest.raises(ValueError, match="no secrets"):
        note(frank, "accounts.reset", "person:12", **{name: "hunter2"})
    assert not AuditRow.objects.exists()


@pytest.mark.parametrize(
    "statement",
    ["UPDATE audit_auditrow SET action = 'nothing'", "DELETE FROM audit_auditrow",
     "UPDATE audit_auditrow SET at = now() WHERE id = (SELECT max(id) FROM audit_auditrow)"],
)  # fmt: skip
def test_the_database_refuses_to_change_or_delete(statement: str) -> None:
    note(frank, "accounts.invite", "person:12")
    with pytest.raises(IntegrityError, match="never changed or deleted"), transaction.atomic():
        connection.cursor().execute(statement)
    with pytest.raises(IntegrityError), transaction.atomic():
        AuditRow.objects.all().delete()
    assert AuditRow.objects.get().action == "accounts.invite"


def test_a_deed_that_is_rolled_back_leaves_no_row() -> None:
    with contextlib.suppress(ZeroDivisionError), transaction.atomic():
        note(frank, "accounts.invite", "person:12")
        raise ZeroDivisionError
    assert not AuditRow.objects.exists()

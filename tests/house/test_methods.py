"""A link must never act: a method that an address is not for is refused with 405, and nothing at all is changed."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client

from tests.factories.accounts import person
from tests.house.matrix import begun_anew, rows

MATRIX = rows()
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]
OFTEN = {"django_session"}  # every visit may touch it


def written() -> dict[str, list[int]]:
    """How many rows of each table this transaction has added, changed and deleted so far, as PostgreSQL counts them.

    Also what has been taken back is counted: what one request does and the next undoes is seen.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, pg_stat_get_xact_tuples_inserted(oid), pg_stat_get_xact_tuples_updated(oid),"
            " pg_stat_get_xact_tuples_deleted(oid) FROM pg_class"
            " WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace"
        )
        return {table: counts for table, *counts in cursor.fetchall() if table not in OFTEN}


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(MATRIX))
def test_wrong_methods_are_refused_without_harm(name: str) -> None:
    """As somebody whom the address is for, with the form that would be taken by the right method."""
    row = MATRIX[name]
    client = Client(raise_request_exception=True)
    role = min(row.allow, default="administrator")
    if role != "reader":
        client.force_login(person(role))
    url, data = row.request(name)
    refused = [method for method in METHODS if method not in row.methods]
    wrong = []
    with begun_anew():
        for method in refused:
            before = written()
            if method in {"GET", "HEAD", "POST"}:
                response = getattr(client, method.lower())(url, data, headers=row.headers)
            else:
                response = client.generic(method, url, headers=row.headers)
            if response.status_code >= 500 if row.any_method else response.status_code != 405:
                wrong.append(f"{method} is answered with {response.status_code}")
            if changed := [table for table, counts in written().items() if counts != before[table]]:
                wrong.append(f"{method} changed {changed}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.django_db
def test_a_change_in_any_table_is_noticed() -> None:
    def changed() -> set[str]:
        return {table for table, counts in written().items() if counts != before[table]}

    before = written()
    assert {model._meta.db_table for model in apps.get_models(include_auto_created=True) if model._meta.managed} <= {
        *before,
        *OFTEN,
    }
    alice = person("reporter")
    assert changed() == {"accounts_person"}
    before = written()
    alice.name = "Alice"
    alice.save()
    assert changed() == {"accounts_person"}
    before = written()
    with begun_anew():
        alice.delete()
    assert "accounts_person" in changed(), "also what is taken back"

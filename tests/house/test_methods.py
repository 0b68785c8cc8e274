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


def stored() -> dict[str, str]:
    """A digest of every table's rows: what was added, changed or deleted shows, whatever table it is in."""
    tables = {model._meta.db_table for model in apps.get_models(include_auto_created=True) if model._meta.managed}
    asked = " UNION ALL ".join(
        f"SELECT '{table}', md5(string_agg(one::text, '|' ORDER BY one::text)) FROM \"{table}\" AS one"
        for table in sorted(tables - OFTEN)
    )
    with connection.cursor() as cursor:
        cursor.execute(asked)
        return dict(cursor.fetchall())


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
    before = stored()
    refused = [method for method in METHODS if method not in row.methods]
    wrong = []
    with begun_anew():
        for method in refused:
            if method in {"GET", "HEAD", "POST"}:
                response = getattr(client, method.lower())(url, data, headers=row.headers)
            else:
                response = client.generic(method, url, headers=row.headers)
            if response.status_code >= 500 if row.any_method else response.status_code != 405:
                wrong.append(f"{method} is answered with {response.status_code}")
        # Once for all of them: to read every table takes longer than to ask.
        if stored() != before:
            wrong.append(f"one of {refused} changed something")
    assert not wrong, "\n".join(wrong)


@pytest.mark.django_db
def test_a_change_in_any_table_is_noticed() -> None:
    before = stored()
    alice = person("reporter")
    assert {table for table, digest in stored().items() if digest != before[table]} == {"accounts_person"}
    before = stored()
    alice.name = "Alice"
    alice.save()
    assert stored() != before

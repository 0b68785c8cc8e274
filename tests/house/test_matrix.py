"""Every URL x every role."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.factories.accounts import person
from tests.house import matrix_admin
from tests.house.matrix import EVERYBODY, rows
from tests.house.matrix_admin import LISTED

MATRIX = rows()


def url_names(patterns: list[URLPattern | URLResolver], namespace: str = "") -> Iterator[str]:
    for entry in patterns:
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from url_names(entry.url_patterns, inner)
        elif namespace != "admin:" or entry.name:  # Django's redirects of old addresses, and its own 404, have no name
            assert entry.name, f"{entry.pattern} has no name"
            yield f"{namespace}{entry.name}"


def test_every_url_is_declared() -> None:
    declared = {name for name in MATRIX if not name.startswith("demo:")}
    served = set(url_names(get_resolver().url_patterns))
    assert served - declared == set(), "URLs without a row in the matrix"
    assert declared - served == set(), "rows for URLs that are gone"


def test_every_url_of_the_demo_is_declared(demo: None) -> None:
    served = set(url_names(get_resolver().url_patterns))
    assert served == set(MATRIX)


def test_every_model_of_the_admin_is_declared() -> None:
    assert {matrix_admin.label_of(model) for model in admin.site._registry} == set(LISTED)


@pytest.mark.django_db
@pytest.mark.parametrize("label", sorted(label for label, one in LISTED.items() if "change" not in one.may))
def test_what_an_administrator_only_looks_at_takes_no_form(label: str, client: Client) -> None:
    client.force_login(person("administrator"))
    url = reverse(f"admin:{label}_change", args=[LISTED[label].make().pk])
    assert client.get(url).status_code == 200
    assert client.post(url, {"name": "Another"}).status_code == 403
    listing = reverse(f"admin:{label}_changelist")
    sent = {"action": "delete_selected", "_selected_action": ["1"], "post": "yes"}
    assert "delete_selected" not in client.get(listing).content.decode()
    model = next(one for one in admin.site._registry if matrix_admin.label_of(one) == label)
    before = model._default_manager.count()
    client.post(listing, sent)
    assert model._default_manager.count() == before


@pytest.mark.django_db
@pytest.mark.parametrize("role", sorted(EVERYBODY))
@pytest.mark.parametrize("name", sorted(MATRIX))
def test_url_for_role(name: str, role: str) -> None:
    row = MATRIX[name]
    client = Client(raise_request_exception=True)
    if role != "reader":
        client.force_login(person(role))
    url, data = row.request(name)
    response = getattr(client, row.method.lower())(url, data, headers=row.headers)
    if role in row.allow:
        assert response.status_code in row.statuses, f"{name} for {role}: {response.status_code}"
        if response.status_code == 302:
            assert "/desk/sign-in/" not in response["Location"], f"{name} sends {role} to the sign-in page"
    elif role == "reader":
        assert response.status_code == 401 or way_in(client, response), f"{name} lets a stranger in: {response}"
    else:
        assert response.status_code == 403 or shut_out(client, response), f"{name} lets {role} in: {response}"


def way_in(client: Client, response: Any) -> bool:
    """Say whether the answer leads to the sign-in page; the admin's does so by way of its own."""
    if response.status_code != 302:
        return False
    arrived = client.get(response["Location"], follow=True)
    return str(arrived.request["PATH_INFO"]) == "/desk/sign-in/"


def shut_out(client: Client, response: Any) -> bool:
    """Say whether the answer sends somebody who is signed in to the admin's door, which tells them that it is shut."""
    if response.status_code != 302 or not response["Location"].startswith("/admin/"):
        return False
    return bool(client.get(response["Location"], follow=True).status_code == 403)

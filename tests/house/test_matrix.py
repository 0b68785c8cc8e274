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
from tests.house.matrix import EVERYBODY, begun_anew, rows
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
@pytest.mark.parametrize("name", sorted(MATRIX))
def test_url_for_every_role(name: str) -> None:
    """Each role comes to the same things in the same state: what one of them did is taken back before the next."""
    row = MATRIX[name]
    url, data = row.request(name)
    wrong = []
    for role in sorted(EVERYBODY):
        with begun_anew():
            if found := answered(name, role, url, data):
                wrong.append(found)
    assert not wrong, "\n".join(wrong)


def answered(name: str, role: str, url: str, data: dict[str, Any]) -> str:
    """Ask for a URL in this role; return what is wrong with the answer, or nothing."""
    row = MATRIX[name]
    client = Client(raise_request_exception=True)
    if role != "reader":
        client.force_login(person(role))
    response = getattr(client, row.method.lower())(url, data, headers=row.headers)
    if role in row.allow:
        if response.status_code not in row.statuses:
            return f"{name} for {role}: {response.status_code}"
        if response.status_code == 302 and "/desk/sign-in/" in response["Location"]:
            return f"{name} sends {role} to the sign-in page"
        return ""
    if role == "reader":
        let_in = response.status_code != 401 and not way_in(client, response)
        return f"{name} lets a stranger in: {response}" if let_in else ""
    let_in = response.status_code != 403 and not shut_out(client, response)
    return f"{name} lets {role} in: {response}" if let_in else ""


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

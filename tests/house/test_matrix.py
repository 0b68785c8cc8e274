"""Every URL x every role."""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.factories.accounts import person
from tests.house.matrix import EVERYBODY, Row

LEFT_TO_DJANGO = "admin"  # Django's own site: one rule for all of it, tested below


def rows() -> dict[str, Row]:
    found: dict[str, Row] = {}
    for file in sorted(Path(__file__).parent.glob("matrix_*.py")):
        module = importlib.import_module(f"tests.house.{file.stem}")
        for name, row in module.MATRIX.items():
            assert name not in found, f"{name} is declared twice"
            found[name] = row
    return found


MATRIX = rows()


def url_names(patterns: list[URLPattern | URLResolver], namespace: str = "") -> Iterator[str]:
    for entry in patterns:
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            if entry.namespace != LEFT_TO_DJANGO:
                yield from url_names(entry.url_patterns, inner)
        else:
            assert entry.name, f"{entry.pattern} has no name"
            yield f"{namespace}{entry.name}"


def test_every_url_is_declared() -> None:
    declared, served = set(MATRIX), set(url_names(get_resolver().url_patterns))
    assert served - declared == set(), "URLs without a row in the matrix"
    assert declared - served == set(), "rows for URLs that are gone"


def ask(client: Client, name: str, row: Row) -> Any:
    kwargs = row.kwargs() if callable(row.kwargs) else row.kwargs
    data = row.data(kwargs) if callable(row.data) else row.data
    url = reverse(name, kwargs=kwargs)
    if row.json:
        return client.generic(row.method, url, json.dumps(data), content_type="application/json", headers=row.headers)
    send = getattr(client, row.method.lower())
    return send(url, data, headers=row.headers)


@pytest.mark.django_db
@pytest.mark.parametrize("role", sorted(EVERYBODY))
@pytest.mark.parametrize("name", sorted(MATRIX))
def test_url_for_role(name: str, role: str) -> None:
    row = MATRIX[name]
    client = Client(raise_request_exception=True)
    if role != "reader":
        client.force_login(person(role))
    response = ask(client, name, row)
    wanted = row.status if isinstance(row.status, tuple) else (row.status,)
    if role in row.allow:
        assert response.status_code in wanted, f"{name} for {role}: {response.status_code}"
        if response.status_code == 302:
            assert "/desk/sign-in/" not in response["Location"], f"{name} sends {role} to the sign-in page"
    elif role == "reader":
        signed_out = response.status_code == 401 or (
            response.status_code == 302 and "/desk/sign-in/" in response["Location"]
        )
        assert signed_out, f"{name} answers {response.status_code} to somebody who is not signed in"
    else:
        assert response.status_code == 403, f"{name} for {role}: {response.status_code}"


@pytest.mark.django_db
@pytest.mark.parametrize("role", sorted(EVERYBODY))
def test_django_admin_is_for_administrators(role: str) -> None:
    client = Client()
    if role != "reader":
        client.force_login(person(role))
    for name in ["admin:index", "admin:publication_publication_changelist"]:
        status = client.get(reverse(name)).status_code
        assert status == (200 if role == "administrator" else 302)


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(MATRIX))
def test_wrong_method_is_refused_without_harm(name: str) -> None:
    """A link must never act: what is for POST answers 405 to GET, and nothing answers 500 to an unknown method."""
    row = MATRIX[name]
    client = Client(raise_request_exception=True)
    client.force_login(person("administrator"))
    kwargs = row.kwargs() if callable(row.kwargs) else row.kwargs
    url = reverse(name, kwargs=kwargs)
    for method in ["DELETE", "PUT", "PATCH"]:
        assert client.generic(method, url).status_code < 500
    if row.method == "POST":
        assert client.get(url).status_code in {200, 302, 403, 404, 405}


MALFORMED: list[dict[str, Any]] = [
    {"page": "x"},
    {"page": "-1"},
    {"page": "99999999999999999999"},
    {"q": "\x00"},
    {"b": ["image", "image:", "image:x", "image:99999999999999999999", "nothing:1", ":"]},
    {"kind": "\x00", "q": "x" * 5000},
    {"id": "’; drop table"},
    {"story": "abc", "section": "abc", "owner": "abc", "stands": "abc", "asset": "abc"},
]


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(MATRIX))
def test_malformed_input_is_never_an_error_of_ours(name: str) -> None:
    row = MATRIX[name]
    client = Client(raise_request_exception=True)
    client.force_login(person("administrator", "editor", "marketing"))
    kwargs = row.kwargs() if callable(row.kwargs) else row.kwargs
    url = reverse(name, kwargs=kwargs)
    for data in MALFORMED:
        assert client.get(url, data).status_code < 500
        if row.method == "POST":
            assert client.post(url, data).status_code < 500
    if row.method == "POST":
        for body in [b"", b"{", b"[]", b"\xff\xfe", b'{"a":' * 2000, b"null", b"1"]:
            response = client.post(url, body, content_type="application/json")
            assert response.status_code < 500, f"{name} answers {response.status_code} to {body[:20]!r}"

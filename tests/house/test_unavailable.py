"""The answer to whom nobody has time for passes no middleware: it carries what every page carries all the same."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from newsroom import unavailable

# What lies on an answer besides belongs to that answer: its type, how it is kept, its policy for contents.
ITS_OWN = {"content-type", "content-length", "cache-control", "content-security-policy", "vary", "set-cookie", "allow"}


@pytest.mark.django_db
@pytest.mark.parametrize("secure", [False, True])
def test_it_carries_the_security_headers_of_every_page(secure: bool, settings: Any) -> None:
    settings.SECURE_HSTS_SECONDS = 31_536_000 if secure else 0
    page = Client().get("/no/such/page/", secure=secure)
    usual = {name.lower(): value for name, value in page.headers.items()} if page.status_code == 404 else {}
    start, _ = unavailable.messages("GET")
    said = {name.decode(): value.decode() for name, value in start["headers"]}
    assert "x-content-type-options" in usual
    assert ("strict-transport-security" in usual) is secure
    missing = {name: value for name, value in usual.items() if name not in ITS_OWN and said.get(name) != value}
    assert missing == {}
    assert "'none'" in said["content-security-policy"]
    assert said["retry-after"]

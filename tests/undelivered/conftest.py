from __future__ import annotations

import pytest
from django.test import Client

from tests.factories.accounts import person


@pytest.fixture
def bells(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    rung: list[str] = []
    monkeypatch.setattr("newsroom.outbox.doorbell.ring", rung.append)
    return rung


@pytest.fixture
def frank(client: Client) -> Client:
    client.force_login(person("administrator"))
    return client

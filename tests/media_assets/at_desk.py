"""Somebody at the desk, and the pages that they get."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from newsroom.accounts.models import Person
from newsroom.publication.current import forget
from tests.asserts import Element, assert_sound, page
from tests.factories.accounts import person


def at_desk(role: str) -> tuple[Client, Person]:
    somebody, client = person(role), Client()
    client.force_login(somebody)
    return client, somebody


def sound(response: Any, status: int = 200) -> Element:
    assert response.status_code == status
    root = page(response)
    assert_sound(root)
    return root


def cost(client: Client, url: str) -> int:
    """The number of queries of a page. What the process keeps for a second is forgotten first, or the clock decides."""
    forget()
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


def titles(root: Element) -> list[str]:
    return [one.text for one in root.all("span", "thumb-title")]

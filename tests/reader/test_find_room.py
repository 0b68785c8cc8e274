"""Readers' search takes no more of the house than its share, and tells nobody what was asked."""

from __future__ import annotations

import pytest
from django.test import Client

from articles.reader import searching
from tests.factories import articles as make

pytestmark = pytest.mark.django_db


def test_there_is_room_for_some_at_once(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "WAIT", 0.01)
    make.published_story(headline="Marmalade")
    held = [searching._ROOM.acquire(blocking=False) for _ in range(searching.AT_ONCE)]
    try:
        assert all(held)
        answer = client.get("/search/", {"q": "marmalade"})
        assert (answer.status_code, answer["Retry-After"]) == (503, "60")
    finally:
        for _ in held:
            searching._ROOM.release()
    for words in ("marmalade", "", "x" * 300) * 3:  # each gives its place back, refused or not
        assert client.get("/search/", {"q": words}).status_code == 200


def test_what_was_asked_goes_along_nowhere(client: Client) -> None:
    assert client.get("/search/", {"q": "marmalade"})["Referrer-Policy"] == "strict-origin"

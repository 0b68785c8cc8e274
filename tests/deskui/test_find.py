"""The palette's questions: asked of every finder, answered to the person who asks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from newsroom.deskui import palette
from newsroom.deskui.menu import Twice
from newsroom.deskui.palette import Hit
from tests.factories.accounts import person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_desk")]
URL = "/desk/find/"


def stories(somebody: Any, question: str) -> Iterator[Hit]:
    for number in range(20):
        yield Hit(f"{somebody.name} asks {question} {number}", f"/desk/stories/{number}/", "Story", "Royals")


def broken(somebody: Any, question: str) -> Iterator[Hit]:
    raise RuntimeError
    yield


def test_asks_every_finder_as_the_person_who_is_signed_in(client: Client) -> None:
    palette.register_finder(stories)
    client.force_login(person("reporter"))
    hits = client.get(URL, {"q": "  windsor "}).json()["hits"]
    assert len(hits) == palette.MOST_HITS
    assert hits[0] == {
        "label": "Alice Ashdown asks windsor 0",
        "url": "/desk/stories/0/",
        "kind": "Story",
        "detail": "Royals",
    }


def test_a_finder_that_fails_hides_no_other(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    palette.register_finder(broken)
    palette.register_finder(stories)
    client.force_login(person("reporter"))
    assert len(client.get(URL, {"q": "windsor"}).json()["hits"]) == palette.MOST_HITS
    assert "a finder failed" in caplog.text


@pytest.mark.parametrize("question", ["", "w", " w "])
def test_a_question_that_is_too_short_is_not_asked(client: Client, question: str) -> None:
    palette.register_finder(broken)
    client.force_login(person("reporter"))
    assert client.get(URL, {"q": question}).json() == {"hits": []}


def test_a_long_question_is_cut(client: Client) -> None:
    asked: list[str] = []

    def remember(somebody: Any, question: str) -> list[Hit]:
        asked.append(question)
        return []

    palette.register_finder(remember)
    client.force_login(person("reporter"))
    client.get(URL, {"q": "w" * 5000})
    assert asked == ["w" * palette.LONGEST_QUESTION]


def test_a_finder_is_registered_once() -> None:
    palette.register_finder(stories)
    with pytest.raises(Twice):
        palette.register_finder(stories)


def test_a_script_is_told_that_nobody_is_signed_in(client: Client) -> None:
    assert client.get(URL, {"q": "windsor"}, headers={"Accept": "application/json"}).status_code == 401

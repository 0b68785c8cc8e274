"""What stands under "Read next": what is about the same first, then the section's newest; each story once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from articles.models import Story
from articles.reader import gathering
from newsroom.prepared import Prepared
from tests.asserts import page
from tests.factories import articles as make

pytestmark = pytest.mark.django_db
KING, QUEEN, HORSES = "King Charles", "Queen Camilla", "Horses"


def published(headline: str, *topics: str, hours: int = 0, section: str = "Royals", **facts: object) -> Story:
    named = [make.topic(topic) for topic in topics]
    at = make.AT - timedelta(hours=hours)
    return make.published_story(headline=headline, topics=named, section=make.section(section), at=at, **facts)


def read_next(client: Client, story: Story) -> list[str]:
    found = page(client.get(story.path)).all("section", **{"aria-labelledby": "next"})
    return [each.text for row in found for each in row.all("h3")]


def test_what_shares_most_topics_comes_first_then_the_sections_newest(client: Client) -> None:
    story = published("This one", KING, QUEEN, HORSES)
    published("The palace, newer", hours=1)
    published("The palace, older", hours=2)
    published("One topic", KING, hours=9, section="Style")
    published("One topic, newer", HORSES, hours=8)
    published("Two topics", KING, QUEEN, hours=10, section="Style")
    published("Elsewhere", "Hats", hours=1, section="Style")
    assert read_next(client, story) == [
        "Two topics",
        "One topic, newer",
        "One topic",
        "The palace, newer",
    ]


def test_nothing_stands_there_twice_and_nothing_that_readers_may_not_see(client: Client) -> None:
    story = published("This one", KING)
    published("About the same, in this section", KING, hours=1)
    make.withdrawn_story(headline="Withdrawn", topics=[make.topic(KING)], section=make.section())
    make.story(headline="A draft", topics=[make.topic(KING)], section=make.section())
    assert read_next(client, story) == ["About the same, in this section"]


def test_what_is_old_is_not_searched_for(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gathering, "AMONG", 3)
    for name in ("_found", "_furnished"):  # made once in a process, with the number that it had then
        before = getattr(gathering, name)
        monkeypatch.setattr(gathering, name, Prepared(before._build, **before._stand_ins))
    story = published("This one", KING, hours=9)
    published("About the same, and old", KING, section="Style", hours=4)
    published("Among the newest", KING, section="Style", hours=3)
    for number in range(2):
        published(f"Newer {number}", section="Style", hours=number)
    assert read_next(client, story) == ["Among the newest"]

"""The Story tab: section, address, topics, bylines."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from articles.models import Story
from tests.factories import articles as stories
from tests.factories.accounts import person
from tests.writing.conftest import Desk

pytestmark = pytest.mark.django_db
JSON = {"Accept": "application/json"}


def typed(story: Story, **changed: Any) -> dict[str, Any]:
    story.refresh_from_db()
    return {
        "section": story.section_id,
        "slug": story.slug,
        "topics": [],
        "bylines": [byline.person_id for byline in story.bylines.all()],
        "story_version": story.version,
        **changed,
    }


def test_changed(client: Client, desk: Desk) -> None:
    client.force_login(desk.alice)
    topic, section = stories.topic(), stories.section("Style")
    sent = typed(
        desk.story, slug="harbour", topics=[topic.pk], section=section.pk, bylines=[desk.alice.pk, desk.bob.pk]
    )
    answer = client.post(f"{desk.url}particulars/", sent, headers=JSON)
    assert answer.status_code == 200, answer.content
    desk.story.refresh_from_db()
    assert (desk.story.slug, desk.story.section, list(desk.story.topics.all())) == ("harbour", section, [topic])
    assert {byline.person for byline in desk.story.bylines.all()} == {desk.alice, desk.bob}
    assert answer.json()["version"] == desk.story.version
    assert "Details saved" in answer.json()["html"]
    assert client.post(f"{desk.url}particulars/", typed(desk.story, slug="quay")).status_code == 302


@pytest.mark.parametrize(
    "changed",
    [{"slug": "Not an address"}, {"slug": ""}, {"slug": "x" * 81}, {"section": "999999"}, {"section": "x"}, {"bylines": ["x"]},
     {"bylines": ["999999"]}, {"topics": ["999999"]}, {"story_version": "x"}, {"slug": "a\x00b"}],
)  # fmt: skip
def test_refused(client: Client, desk: Desk, changed: dict[str, Any]) -> None:
    stories.topic()
    client.force_login(desk.alice)
    before = desk.story.version
    for headers in (JSON, None):
        answer = client.post(f"{desk.url}particulars/", typed(desk.story, **changed), headers=headers)
        assert answer.status_code == 422, answer.content
    desk.story.refresh_from_db()
    assert desk.story.version == before


def test_somebody_else_was_first(client: Client, desk: Desk) -> None:
    client.force_login(desk.alice)
    sent = typed(desk.story, slug="mine")
    Story.objects.filter(pk=desk.story.pk).update(version=9)
    answer = client.post(f"{desk.url}particulars/", sent, headers=JSON)
    assert answer.status_code == 409
    assert 'value="mine"' in answer.json()["html"]


def test_the_address_stays_after_publication(client: Client) -> None:
    story = stories.published_story()
    client.force_login(person("editor"))
    answer = client.post(f"/desk/stories/{story.pk}/particulars/", typed(story, slug="another"), headers=JSON)
    story.refresh_from_db()
    assert answer.status_code == 200
    assert story.slug != "another"
    client.force_login(person("reporter"))
    assert client.post(f"/desk/stories/{story.pk}/particulars/", typed(story), headers=JSON).status_code == 422

"""The Story tab: section, address, topics, bylines."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from articles import drafts, particulars
from articles.models import Story, Topic
from tests.asserts import page
from tests.factories import articles as stories
from tests.factories.accounts import person
from tests.writing.conftest import AT, Desk

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


def test_after_publication_an_editor_changes_the_address_and_readers_are_led_on(client: Client) -> None:
    story = stories.published_story(slug="harbour")
    address = f"/desk/stories/{story.pk}/particulars/"
    client.force_login(person("reporter"))
    sent = typed(story, slug="another")
    assert client.post(address, sent, headers=JSON).status_code == 422
    client.force_login(person("editor"))
    answer = client.post(address, sent, headers=JSON)
    assert answer.status_code == 200, answer.content
    assert "Readers hold this address." in answer.json()["html"]
    assert client.get("/royals/harbour/")["Location"] == "/royals/another/"
    stories.story(slug="taken")
    answer = client.post(address, typed(story, slug="taken"), headers=JSON)
    assert answer.status_code == 422
    assert "Another story of this section has this address." in answer.json()["html"]
    assert 'value="taken"' in answer.json()["html"]


def save(client: Client, desk: Desk, headline: str) -> Any:
    answer = client.post(f"{desk.url}save/", desk.typed(headline=headline), headers=JSON)
    assert answer.status_code == 200
    return answer.json()


def shown(client: Client, desk: Desk) -> dict[str, Any]:
    """The Story tab's form as the screen shows it now, sent back as it is."""
    form = page(client.get(desk.url)).one("form", id="story-form")
    values = {one.attributes["name"]: one.attributes.get("value", "") for one in form.all("input")}
    return typed(desk.story, slug=values["slug"], slug_shown=values["slug_shown"])


def test_details_saved_after_a_new_headline_do_not_pin_the_old_address(client: Client, desk: Desk) -> None:
    """The tab was drawn with the address of yesterday's headline; only a topic was ticked in it."""
    client.force_login(desk.alice)
    save(client, desk, "A working title")
    sent = shown(client, desk)
    assert (sent["slug"], sent["slug_shown"]) == ("a-working-title", "a-working-title")
    assert save(client, desk, "The harbour walk")["slug"] == "the-harbour-walk"
    topic = stories.topic()
    answer = client.post(f"{desk.url}particulars/", sent | {"topics": [topic.pk]}, headers=JSON)
    assert answer.status_code == 200
    assert 'value="the-harbour-walk"' in answer.json()["html"]
    desk.story.refresh_from_db()
    assert (desk.story.slug, desk.story.slug_by_hand, list(desk.story.topics.all())) == (
        "the-harbour-walk",
        False,
        [topic],
    )
    assert save(client, desk, "The end of the walk")["slug"] == "the-end-of-the-walk"


def test_an_address_written_by_hand_stays_whatever_the_headline_says(client: Client, desk: Desk) -> None:
    client.force_login(desk.alice)
    text = client.get(desk.url).content.decode()
    assert "It follows the headline until you write one." in text
    sent = shown(client, desk) | {"slug": "harbour"}
    assert client.post(f"{desk.url}particulars/", sent, headers=JSON).status_code == 200
    assert save(client, desk, "The harbour walk")["slug"] == "harbour"
    assert "It follows the headline" not in client.get(desk.url).content.decode()


def test_an_address_that_follows_finds_a_free_one_in_another_section(client: Client, desk: Desk) -> None:
    client.force_login(desk.alice)
    style = stories.section("Style")
    stories.story(section=style, slug=desk.story.slug)
    sent = shown(client, desk) | {"section": style.pk}
    assert client.post(f"{desk.url}particulars/", sent, headers=JSON).status_code == 200
    before = desk.story.slug
    desk.story.refresh_from_db()
    assert (desk.story.section, desk.story.slug, desk.story.slug_by_hand) == (style, f"{before}-2", False)


def test_one_written_by_hand_is_refused_there_and_not_changed_silently(client: Client, desk: Desk) -> None:
    client.force_login(desk.alice)
    client.post(f"{desk.url}particulars/", shown(client, desk) | {"slug": "harbour"}, headers=JSON)
    style = stories.section("Style")
    stories.story(section=style, slug="harbour")
    answer = client.post(f"{desk.url}particulars/", shown(client, desk) | {"section": style.pk}, headers=JSON)
    assert answer.status_code == 422
    assert "Another story of this section has this address." in answer.json()["html"]


def test_a_published_storys_address_never_follows(client: Client) -> None:
    story = stories.published_story(slug="known")
    bob = person("editor")
    desk = Desk(story.owner, bob, story)
    drafts.open_again(story, bob, at=AT)
    client.force_login(bob)
    draft = story.drafts.get(standing="draft")
    sent = {"draft": draft.pk, "expected_version": draft.version, "headline": "Other words", "body": "<p>Words.</p>"}
    answer = client.post(f"{desk.url}save/", sent, headers=JSON)
    assert answer.json()["slug"] == "known"
    story.refresh_from_db()
    assert (story.slug, story.slug_by_hand) == ("known", False)


@pytest.mark.django_db(transaction=True)
def test_a_topic_that_goes_meanwhile_is_told_and_not_an_error(
    client: Client, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database finds out when the transaction is committed."""
    topic = stories.topic()
    client.force_login(desk.alice)
    note = particulars.audit.note

    def deleted_meanwhile(*args: Any, **facts: Any) -> None:
        note(*args, **facts)

        def run() -> None:
            Topic.objects.filter(pk=topic.pk).delete()
            connection.close()

        other = threading.Thread(target=run)
        other.start()
        other.join()

    monkeypatch.setattr(particulars.audit, "note", deleted_meanwhile)
    answer = client.post(f"{desk.url}particulars/", typed(desk.story, topics=[topic.pk]), headers=JSON)
    assert answer.status_code == 422
    assert "Something of the lists is no longer there." in answer.json()["html"]


@pytest.mark.parametrize("meanwhile", [{"readers": "published"}, {"slug_by_hand": True}])
def test_what_was_decided_during_the_save_stands(desk: Desk, meanwhile: dict[str, Any]) -> None:
    """The save read the story before somebody published it, or chose its address."""
    read = Story.objects.get(pk=desk.story.pk)
    if "readers" in meanwhile:
        read = stories.published_story()
        read.readers = Story.Readers.NOTHING
    else:
        Story.objects.filter(pk=read.pk).update(**meanwhile)
    before = read.slug
    particulars.follow_headline(read, "Entirely other words")
    read.refresh_from_db()
    assert read.slug == before

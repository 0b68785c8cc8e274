"""What raises a page's version, and what is told: each change that readers see, once, and nothing else."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import redis
from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from articles import posting, workflow
from articles.models import Story
from media_assets.models import Asset
from newsroom import live, outbox
from newsroom.live import channel, following
from newsroom.live.channel import Message
from newsroom.live.models import Followed
from tests.articles.test_races import both_at_once
from tests.asserts import page
from tests.browser import until
from tests.factories import articles as make
from tests.factories import media_assets as pictures
from tests.factories.accounts import person

pytestmark = pytest.mark.django_db(transaction=True)
BODY = "<p>The gates opened at nine.</p>\n<p>It rained.</p>"


class Radio:
    """Hears what the processes are told."""

    def __init__(self) -> None:
        self._pubsub = redis.Redis.from_url(settings.REDIS_URL).pubsub(ignore_subscribe_messages=True)
        self._pubsub.subscribe(channel.name(settings.REDIS_URL))
        self._pubsub.get_message(timeout=5)

    all = 0

    def heard(self) -> list[Message]:
        found = []
        while (raw := self._pubsub.get_message(timeout=0.2)) is not None:
            if raw["data"] == channel.ALL:
                self.all += 1
                continue
            message = channel.load(raw["data"])
            assert message is not None
            found.append(message)
        return found

    def close(self) -> None:
        self._pubsub.close()


@pytest.fixture
def radio() -> Iterator[Radio]:
    made = Radio()
    yield made
    made.close()


def row(story: Story) -> Followed:
    return Followed.objects.get(pk=f"story:{story.pk}")


def followed(story: Story) -> Followed:
    """The story, followed from now on."""
    found = following.look(f"story:{story.pk}")
    assert found is not None
    return found


def put(found: Message) -> list[list[str]]:
    assert found.changes is not None
    return [each[:3] for each in found.changes["put"]]


def test_a_post_is_told_with_the_paragraph_that_it_added_and_what_else_it_changed(radio: Radio) -> None:
    story = make.published_story(body=BODY, live=True, at=timezone.now() - timedelta(hours=1))
    first = followed(story)
    posting.post(story_id=story.pk, person=person("editor"), words="The King is here.", at=timezone.now())
    outbox.relay()
    (message,) = radio.heard()
    assert (message.topic, message.version, message.before) == (f"story:{story.pk}", first.version + 1, first.digest)
    story.refresh_from_db()
    assert story.published_revision is not None
    key = story.published_revision.paragraph_keys[0]
    # The visible time has moved with it, in the head and in the strip; the lines of posts do not stand in the notes.
    assert put(message) == [["story", "head", ""], ["story", "strip", "head"], ["text", key, ""]]
    assert message.changes is not None
    assert "The King is here." in message.changes["put"][2][3]
    assert message.changes["gone"] == []
    assert row(story).digest == message.after


def test_the_page_and_its_address_for_polling_name_the_same_state(client: Client) -> None:
    lead = pictures.image_placement(pictures.asset())
    story = make.published_story(body=BODY, lead_image=lead, live=True, topics=[make.topic()], at=timezone.now())
    make.update(story, kind="correction", line="It was ten, not nine.", at=timezone.now())
    shown = page(client.get(story.path)).one("article")
    answer = client.get(shown.attributes["data-live"])
    assert answer.status_code == 200
    data = json.loads(answer.content)
    assert data["digest"] == shown.attributes["data-state"] == followed(story).digest
    assert {place for place, _, _ in data["parts"]} == {"story", "text", "foot"}
    html = client.get(story.path).content.decode()
    at = 0
    for _, key, part in data["parts"]:
        assert part.count("data-key=") == 1
        assert f'data-key="{key}"' in part
        at = html.index(part, at)  # word for word, and in this order
    assert answer.headers.get("Set-Cookie") is None


def test_what_readers_do_not_see_changes_nothing(radio: Radio, client: Client) -> None:
    story = make.published_story(body=BODY, at=timezone.now())
    before = followed(story)
    for _ in range(2):
        live.purge(f"story:{story.pk}", "home", f"section:{story.section_id}")
    assert (row(story).version, radio.heard()) == (before.version, [])
    draft = make.story(headline="Not out yet")
    live.purge(f"story:{draft.pk}")
    assert not Followed.objects.filter(pk=f"story:{draft.pk}").exists()
    for address in (f"/live/story/{draft.pk}/", f"/live/story/{draft.pk}/events/", "/live/nothing/1/"):
        assert client.get(address).status_code == 404


@pytest.mark.parametrize("why", ["withdrawn", "embargo"])
def test_who_has_it_open_is_told_that_it_is_gone_and_nothing_of_it(radio: Radio, client: Client, why: str) -> None:
    story = make.published_story(body=BODY, at=timezone.now())
    before = followed(story)
    facts: dict[str, Any] = {"withdrawn_at": timezone.now(), "readers": Story.Readers.WITHDRAWN}
    if why == "embargo":
        facts = {"embargo_until": timezone.now() + timedelta(hours=1)}
    Story.objects.filter(pk=story.pk).update(**facts)
    live.purge(f"story:{story.pk}", gone=True)
    (message,) = radio.heard()
    assert (message.version, message.before, message.after) == (before.version + 1, before.digest, "")
    assert (message.title, message.changes) == ("", None)
    assert (row(story).parts, row(story).tags) == ([], [])
    assert client.get(f"/live/story/{story.pk}/").status_code == 404
    Story.objects.filter(pk=story.pk).update(readers=Story.Readers.PUBLISHED, embargo_until=None, withdrawn_at=None)
    live.purge(f"story:{story.pk}")
    (again,) = radio.heard()
    assert (again.version, again.after) == (message.version + 1, before.digest)


def test_a_picture_that_may_not_be_shown_any_more_leaves_every_open_page(radio: Radio) -> None:
    asset = pictures.asset()
    lead = pictures.image_placement(asset)
    inside = f'<p>Words.</p><div data-block="image" data-id="{pictures.image_placement(asset).pk}"></div>'
    stories = [
        make.published_story(headline="One", lead_image=lead, at=timezone.now()),
        make.published_story(headline="Two", body=inside, at=timezone.now()),
        make.published_story(headline="Three", at=timezone.now()),
    ]
    for story in stories:
        followed(story)
    Asset.objects.filter(pk=asset.pk).update(withdrawn_at=timezone.now(), withdrawn_reason="By the agency")
    live.purge(f"asset:{asset.pk}", gone=True)
    told = {message.topic: message for message in radio.heard()}
    assert set(told) == {f"story:{story.pk}" for story in stories[:2]}
    hero, text = (told[f"story:{story.pk}"].changes for story in stories[:2])
    assert hero is not None
    assert hero["gone"] == [["story", "hero"]]
    assert text is not None
    assert len(text["gone"]) == 1


def test_a_picture_on_more_pages_than_are_looked_at_is_told_to_each_without_its_changes(
    radio: Radio, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "MOST", 2)
    asset = pictures.asset()
    stories = [
        make.published_story(headline=f"Story {n}", lead_image=pictures.image_placement(asset), at=timezone.now())
        for n in range(4)
    ]
    before = {story.pk: followed(story).version for story in stories}
    Asset.objects.filter(pk=asset.pk).update(withdrawn_at=timezone.now(), withdrawn_reason="By the agency")
    live.purge(f"asset:{asset.pk}", gone=True)
    assert (radio.heard(), radio.all) == ([], 1)
    for story in stories:
        assert (row(story).version, row(story).digest) == (before[story.pk] + 1, channel.UNKNOWN)
    # Who fetches it finds what there is, and so do all who ask after that.
    assert client.get(f"/live/story/{stories[0].pk}/").status_code == 200
    (message,) = radio.heard()
    assert (message.before, message.after, message.changes) == (channel.UNKNOWN, row(stories[0]).digest, None)
    client.get(f"/live/story/{stories[0].pk}/")
    assert radio.heard() == []


def test_a_withdrawn_story_that_many_others_offer_is_itself_told(radio: Radio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "MOST", 2)
    story = make.published_story(body=BODY, at=timezone.now())
    offer = f'<p>Read on.</p><div data-block="related" data-id="{make.related_placement(story).pk}"></div>'
    others = [make.published_story(headline=f"Story {n}", body=offer, at=timezone.now()) for n in range(4)]
    for one in (story, *others):
        followed(one)
    Story.objects.filter(pk=story.pk).update(readers=Story.Readers.WITHDRAWN, withdrawn_at=timezone.now())
    live.purge(f"story:{story.pk}", gone=True)
    (message,) = radio.heard()
    assert (message.topic, message.after, radio.all) == (f"story:{story.pk}", "", 1)
    assert {row(one).digest for one in others} == {channel.UNKNOWN}


def test_large_changes_are_fetched_and_not_sent(radio: Radio, monkeypatch: pytest.MonkeyPatch) -> None:
    story = make.published_story(body=BODY, live=True, at=timezone.now() - timedelta(hours=1))
    followed(story)
    posting.post(story_id=story.pk, person=person("editor"), words="words " * 300, at=timezone.now())
    monkeypatch.setattr(channel, "LARGEST", 2000)
    live.purge(f"story:{story.pk}")
    (message,) = radio.heard()
    assert message.changes is None
    assert message.after == row(story).digest


def test_nothing_is_told_of_what_is_not_committed(radio: Radio) -> None:
    story = make.published_story(body=BODY, at=timezone.now())
    before = followed(story)
    with transaction.atomic():
        Story.objects.filter(pk=story.pk).update(live=True)
        live.purge(f"story:{story.pk}")
        transaction.set_rollback(True)
    assert (row(story).version, radio.heard()) == (before.version, [])


def test_two_purges_at_once_tell_each_state_once_and_end_with_the_newest(radio: Radio) -> None:
    story = make.published_story(body=BODY, live=True, at=timezone.now() - timedelta(hours=1))
    first, editor = followed(story), person("editor")
    barrier = threading.Barrier(2)

    def say(number: int) -> None:
        try:
            posting.post(story_id=story.pk, person=editor, words=f"Post {number}.", at=timezone.now())
            barrier.wait(10)
            live.purge(f"story:{story.pk}")
        finally:
            connection.close()

    both_at_once(lambda: say(1), lambda: say(2))
    told = radio.heard()
    versions = [message.version for message in told]
    assert sorted(versions) == list(range(first.version + 1, row(story).version + 1))
    last = max(told, key=lambda message: message.version)
    now = following.state(f"story:{story.pk}", timezone.now())
    assert now is not None
    assert last.after == live.digest(now.parts) == row(story).digest


def test_a_move_reaches_the_channel_by_itself(radio: Radio, worker: Any) -> None:
    story = make.published_story(body=BODY, at=timezone.now())
    followed(story)
    workflow.withdraw(
        story=story, person=person("editor"), expected_version=story.version, at=timezone.now(), reason="It is wrong."
    )
    (message,) = until(radio.heard, "the withdrawal is told")
    assert message.after == ""

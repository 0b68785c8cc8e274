"""WebSub: feeds name the hub, and the hub is told when they have changed, after they have, and of nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import parse_qs
from xml.etree import ElementTree

import pytest
from django.conf import LazySettings
from django.db.models import F
from django.test import Client
from django.utils import timezone

from articles import particulars, workflow
from articles.hubs import WAIT
from articles.models import Story
from newsroom import outbox
from newsroom.outbox.models import Effect
from tests.factories import articles as make
from tests.factories.accounts import person
from tests.recorder import Recorder, recorder

pytestmark = pytest.mark.django_db(transaction=True)
SITE = "http://127.0.0.1:8000"
ATOM = "{http://www.w3.org/2005/Atom}link"
FILES = ("feed.xml", "atom.xml", "feed.json")


@pytest.fixture
def hub(settings: LazySettings) -> Iterator[Recorder]:
    with recorder() as heard:
        settings.WEBSUB_HUB = f"http://{heard.host}/hub?of=all"
        yield heard


def pinged(hub: Recorder) -> list[str]:
    """What the hub is told once everything that waits has been done: the paths of feeds, in order of their names."""
    hub.heard.clear()
    outbox.relay()
    assert hub.heard == [], "not before every process has let go of the old feed"
    waiting = Effect.objects.filter(handler="articles.ping-hub", done_at=None)
    assert all(effect.due_at > timezone.now() for effect in waiting)
    waiting.update(due_at=timezone.now() - WAIT)
    outbox.relay()
    told = []
    for request in hub.heard:
        assert (request.method, request.path) == ("POST", "/hub?of=all")
        assert request.headers["content-type"] == "application/x-www-form-urlencoded"
        form = parse_qs(request.body)
        assert form.pop("hub.mode") == ["publish"]
        told += form.pop("hub.url")
        assert not form
    assert all(address.startswith(f"{SITE}/") for address in told)
    assert len(told) == len(set(told))
    return sorted(address.removeprefix(SITE) for address in told)


def of(*folders: str) -> list[str]:
    own = ["/feeds/rss.xml", "/feeds/atom.xml", "/feeds/feed.json"]
    return sorted([*own, *(f"{folder}{file}" for folder in folders for file in FILES)])


def take(move: str, story: Story, **facts: str) -> None:
    story.refresh_from_db()
    editor = person("editor")
    workflow.take(move, subject=story, person=editor, expected_version=story.version, at=timezone.now(), **facts)


def test_each_feed_names_hub_and_itself(client: Client, settings: LazySettings) -> None:
    king = make.topic("King Charles")
    story = make.published_story(topics=[king])
    folders = ["/royals/", "/topics/king-charles/", f"/authors/{story.owner_id}/"]
    assert "hub" not in client.get("/feeds/rss.xml").content.decode()
    settings.WEBSUB_HUB = "https://hub.example/?a=1&b=2"
    for path in of(*folders):
        answer = client.get(path)
        assert answer["Link"] == f'<{settings.WEBSUB_HUB}>; rel="hub", <{SITE}{path}>; rel="self"'
        if path.endswith(".json"):
            found = json.loads(answer.content)
            links = {"self": found["feed_url"], found["hubs"][0]["type"]: found["hubs"][0]["url"]}
            assert links == {"self": f"{SITE}{path}", "WebSub": settings.WEBSUB_HUB}
        else:
            root = ElementTree.fromstring(answer.content)
            links = {link.get("rel", ""): link.get("href", "") for link in root.iter(ATOM)} | {}
            assert links["hub"] == settings.WEBSUB_HUB
            assert f"{SITE}{path}" in [link.get("href") for link in root.iter(ATOM) if link.get("rel") == "self"]


def test_a_publication_is_told_of_every_feed_that_has_it(hub: Recorder) -> None:
    made = make.story(standing="approved", topics=[make.topic("King Charles")])
    draft = made.draft  # type: ignore[attr-defined]
    workflow.publish(draft=draft, person=draft.approved_by, expected_version=1, at=timezone.now())
    every = of("/royals/", "/topics/king-charles/", f"/authors/{made.owner_id}/")
    assert pinged(hub) == every
    assert pinged(hub) == [], "once"


def test_moved_withdrawn_and_back(hub: Recorder) -> None:
    lone = make.topic("A lone topic")
    story, houses = make.published_story(topics=[lone]), make.section("Houses")
    author, topic = f"/authors/{story.owner_id}/", "/topics/a-lone-topic/"
    particulars.change(
        story.pk,
        person=person("editor"),
        expected_version=1,
        facts=particulars.Particulars(section_id=houses.pk, topic_ids=[lone.pk], byline_ids=[story.owner_id]),
    )
    assert pinged(hub) == of("/royals/", "/houses/", author, topic)
    take("withdraw", story, reason="Wrong.")
    assert pinged(hub) == of("/houses/"), "what nobody can open now is not told"
    take("reinstate", story, reason="Right.")
    assert set(pinged(hub)) == set(of("/houses/", author, topic))


def test_the_topics_and_authors_that_it_left_are_told_as_well(hub: Recorder) -> None:
    """Their feeds have lost it: a subscriber to one would show it for ever."""
    king, queen = make.topic("King Charles"), make.topic("Queen Camilla")
    ann, bea = person("reporter", name="Ann Poe"), person("reporter", name="Bea Roe")
    story = make.published_story(topics=[king], owner=ann)
    make.published_story(topics=[king, queen], owner=ann)  # their pages are there without it, too
    particulars.change(
        story.pk,
        person=person("editor"),
        expected_version=1,
        facts=particulars.Particulars(section_id=story.section_id, topic_ids=[queen.pk], byline_ids=[bea.pk]),
    )
    topics = ("/topics/king-charles/", "/topics/queen-camilla/")
    assert pinged(hub) == of("/royals/", *topics, f"/authors/{ann.pk}/", f"/authors/{bea.pk}/")


def test_nothing_of_a_story_under_embargo(hub: Recorder) -> None:
    story = make.published_story(topics=[make.topic("A secret")])
    take("embargo", story, until=(timezone.now() + timedelta(hours=1)).isoformat(), reason="The palace asks.")
    assert pinged(hub) == of("/royals/"), "that it left"
    story.refresh_from_db()
    facts = particulars.Particulars(section_id=story.section_id, topic_ids=[], byline_ids=[story.owner_id])
    particulars.change(story.pk, person=person("editor"), expected_version=story.version, facts=facts)
    assert pinged(hub) == []


@pytest.mark.parametrize("status", [429, 500, 503, 301, 404])
def test_a_hub_that_refuses_is_told_again_and_holds_no_page_back(hub: Recorder, status: int) -> None:
    story = make.published_story()
    take("withdraw", story, reason="Wrong.")
    hub.answers = [status]
    assert pinged(hub)
    waiting = Effect.objects.get(handler="articles.ping-hub")
    assert (waiting.done_at, waiting.attempts) == (None, 1)
    assert str(status) in waiting.last_error
    assert not Effect.objects.exclude(pk=waiting.pk).filter(done_at=None, due_at__lte=timezone.now()).exists()
    Effect.objects.filter(pk=waiting.pk).update(due_at=F("due_at") - timedelta(minutes=1))
    outbox.relay()
    assert len(hub.heard) == 2, "the one it refused and the one it took: no redirect is followed"
    waiting.refresh_from_db()
    assert waiting.done_at is not None


def test_without_a_hub_nothing_is_recorded(client: Client) -> None:
    story = make.published_story()
    take("withdraw", story, reason="Wrong.")
    outbox.relay()
    assert not Effect.objects.filter(handler="articles.ping-hub").exists()

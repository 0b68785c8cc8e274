"""Addresses that readers hold: of stories, sections, topics and their feeds, in the forms about them and in links."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
import redis
from django.conf import settings
from django.test import Client
from django.utils import timezone

from articles import complaining, particulars, workflow
from articles.checks.links import _missing
from articles.models import EarlierAddress, EarlierSection, Section, Story
from newsroom import outbox
from tests.factories import articles as make
from tests.factories.accounts import person
from tests.pagecache.visiting import get, process

pytestmark = pytest.mark.django_db
AtMost = Callable[[int], AbstractContextManager[None]]


def move(story: Story, slug: str | None = None, section: Section | None = None) -> Story:
    """As an editor does it at the desk."""
    story.refresh_from_db()
    return particulars.change(
        story.pk,
        person=person("editor"),
        expected_version=story.version,
        facts=particulars.Particulars(
            section_id=section.pk if section else story.section_id,
            slug=slug or story.slug,
            byline_ids=[byline.person_id for byline in story.bylines.all()],
        ),
    )


def leads_to(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 301, (path, answer.status_code)
    assert client.get(answer["Location"]).status_code == 200, "a second step"
    return answer["Location"]


def test_every_earlier_address_leads_straight_to_the_present_one(client: Client) -> None:
    story = make.published_story(slug="gates-open")
    houses = make.section("Houses")
    move(story, "gates-shut")
    move(story, "walls")
    story = move(story, "doors", houses)
    for path in ("/royals/gates-open/", "/royals/gates-shut/", "/royals/walls/"):
        assert leads_to(client, path) == "/houses/doors/"
        assert client.head(path).status_code == 301
        assert client.get(path).page_tags == {f"story:{story.pk}", "publication"}  # type: ignore[attr-defined]
    # Never its address: the right words under another section, the right section under other words.
    for path in ("/houses/walls/", "/royals/doors/", "/houses/gates-open/"):
        assert client.get(path).status_code == 404
    assert b"/houses/doors/" in client.get("/feeds/rss.xml").content


def test_there_and_back_is_no_circle(client: Client) -> None:
    story = make.published_story(slug="here")
    for slug in ("there", "here", "there", "here"):
        move(story, slug)
    assert client.get("/royals/here/").status_code == 200
    assert leads_to(client, "/royals/there/") == "/royals/here/"


def test_an_address_belongs_to_the_story_that_takes_it_again(client: Client) -> None:
    old = make.published_story(slug="gates")
    move(old, "gates-of-2025")
    draft = make.story(slug="gates")
    assert leads_to(client, "/royals/gates/") == "/royals/gates-of-2025/", "a draft says nothing of itself"
    move(draft, "other-gates")
    new = make.published_story(slug="gates", headline="The new gates")
    assert b"The new gates" in client.get("/royals/gates/").content
    move(new, "new-gates")
    assert leads_to(client, "/royals/gates/") == "/royals/new-gates/"


def test_no_headline_takes_an_address_that_readers_hold_of_another_story() -> None:
    story = make.published_story(slug="the-gates-open")
    move(story, "elsewhere")
    assert particulars.free_slug(story.section_id, "The gates open") == "the-gates-open-2"
    assert particulars.free_slug(story.section_id, "The gates open", story_id=story.pk) == "the-gates-open"


def test_what_was_never_published_leaves_nothing(client: Client) -> None:
    story = make.story(slug="a-secret")
    move(story, "another-secret")
    assert not EarlierAddress.objects.exists()
    assert client.get("/royals/a-secret/").status_code == 404


def test_an_earlier_address_says_no_more_than_the_present_one(client: Client) -> None:
    gone = move(make.withdrawn_story(slug="mistaken", notice="It named the wrong person."), "moved")
    kept = move(make.published_story(slug="early"), "later")
    Story.objects.filter(pk=kept.pk).update(embargo_until=timezone.now() + timedelta(hours=1))
    answer = client.get("/royals/mistaken/")
    assert answer.status_code == 410
    assert "It named the wrong person." in answer.content.decode()
    assert answer.page_tags == {f"story:{gone.pk}", "publication"}  # type: ignore[attr-defined]
    for path in ("/royals/early/", "/royals/later/", "/complaints/royals/early/", "/complaints/royals/later/"):
        assert client.get(path).status_code == 404, path
    for path in ("/complaints/royals/mistaken/", "/complaints/royals/moved/"):
        answer = client.get(path)
        assert answer.status_code == 200
        assert f'value="{path.removeprefix("/complaints")}"' in answer.content.decode(), "nothing but what they had"


def test_the_form_and_what_is_sent_with_it_follow_the_story(client: Client) -> None:
    story = move(make.published_story(slug="gates"), "walls")
    assert leads_to(client, "/complaints/royals/gates/") == "/complaints/royals/walls/"
    assert complaining.story_at("http://127.0.0.1:8000/royals/gates/?utm_source=x") == story


def test_a_section_under_its_earlier_name(client: Client) -> None:
    story, houses = make.published_story(slug="gates"), make.section("Houses")
    secret = make.story(slug="a-draft")
    for number in range(20):
        make.published_story(slug=f"more-{number}")
    Section.objects.filter(pk=story.section_id).update(slug="crown")
    Section.objects.filter(pk=story.section_id).update(slug="palace")
    for old in ("royals", "crown"):
        assert leads_to(client, f"/{old}/") == "/palace/"
        assert leads_to(client, f"/{old}/?page=2") == "/palace/?page=2"
        assert client.get(f"/{old}/?page=x").status_code == 404
        for file in ("feed.xml", "atom.xml", "feed.json"):
            assert leads_to(client, f"/{old}/{file}") == f"/palace/{file}"
        assert leads_to(client, f"/{old}/gates/") == "/palace/gates/"
        assert client.get(f"/{old}/{secret.slug}/").status_code == 404
    # The name is taken by another section: its page and its stories are its own, the old stories still lead on.
    Section.objects.filter(pk=houses.pk).update(slug="royals")
    make.published_story(section=houses, slug="walls")
    assert client.get("/royals/").status_code == client.get("/royals/walls/").status_code == 200
    assert leads_to(client, "/royals/gates/") == "/palace/gates/"
    assert leads_to(client, "/houses/") == "/royals/"
    Section.objects.filter(pk=houses.pk).update(slug="houses")
    assert leads_to(client, "/royals/") == "/houses/", "who was found there last"
    assert EarlierSection.objects.count() == 3


def test_a_topic_under_its_earlier_name(client: Client) -> None:
    king = make.topic("King Charles")
    make.published_story(topics=[king])
    type(king).objects.filter(pk=king.pk).update(slug="the-king")
    assert leads_to(client, "/topics/king-charles/") == "/topics/the-king/"
    assert leads_to(client, "/topics/king-charles/feed.json") == "/topics/the-king/feed.json"
    make.topic("King Charles II")
    type(king).objects.filter(slug="king-charles-ii").update(slug="king-charles")
    assert client.get("/topics/king-charles/").status_code == 404, "another is called so, and has no story yet"


def test_links_to_an_earlier_address_hold(client: Client) -> None:
    story, gone = make.published_story(slug="gates"), make.withdrawn_story(slug="mistaken")
    move(story, "walls"), move(gone, "moved")
    Section.objects.filter(pk=make.section("Houses").pk).update(slug="palaces")
    asked = {"/royals/gates/", "/royals/walls/", "/houses/", "/royals/never/", "/royals/mistaken/"}
    assert _missing(asked, timezone.now()) == {
        "/royals/never/": "where there is no story",
        "/royals/mistaken/": "a story that was withdrawn",
    }


@pytest.mark.parametrize("many", [1, 20])
def test_a_step_costs_the_same_after_many_moves(client: Client, many: int, at_most: AtMost) -> None:
    story = make.published_story(slug="a-0")
    for number in range(1, many + 1):
        Story.objects.filter(pk=story.pk).update(slug=f"a-{number}")
    with at_most(3):  # its page, who is there, who was there
        assert leads_to_only(client, "/royals/a-0/") == f"/royals/a-{many}/"


def leads_to_only(client: Client, path: str) -> str:
    return str(client.get(path)["Location"])


@pytest.mark.django_db(transaction=True)
def test_kept_answers_follow_each_change() -> None:
    """A redirect is kept like a page, and leaves with the story; the address is given to another story at its publication."""
    with redis.Redis.from_url(settings.REDIS_URL) as store:
        store.flushdb()
    story = make.published_story(slug="gates", headline="The gates")
    other = make.published_story(slug="walls", headline="The walls")
    cache = process()

    async def asked(path: str) -> tuple[int, str]:
        await asyncio.sleep(1.01)  # for a second a process may serve its copy without asking
        answer = await get(cache, path)
        again = await get(cache, path)
        assert (again.status, again.headers.get("location")) == (answer.status, answer.headers.get("location"))
        if answer.status != 404:
            assert f"story:{story.pk}" in answer.headers["surrogate-key"] or other.slug == "gates"
        return answer.status, answer.headers.get("location", "")

    def at(path: str) -> tuple[int, str]:
        outbox.relay()
        return asyncio.run(asked(path))

    assert at("/royals/gates/") == (200, "")
    move(story, "doors")
    assert at("/royals/gates/") == (301, "/royals/doors/")
    move(story, "hall")
    assert at("/royals/gates/") == (301, "/royals/hall/")
    editor = person("editor")
    story.refresh_from_db()
    workflow.take(
        "withdraw", subject=story, person=editor, expected_version=story.version, at=timezone.now(), reason="Wrong."
    )
    assert at("/royals/gates/") == (410, "")
    story.refresh_from_db()
    workflow.take(
        "reinstate", subject=story, person=editor, expected_version=story.version, at=timezone.now(), reason="Right."
    )
    assert at("/royals/gates/") == (301, "/royals/hall/")
    other = move(other, "gates")
    assert at("/royals/gates/") == (200, "")

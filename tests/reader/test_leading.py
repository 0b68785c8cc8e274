"""No address leads to one that leads on: old, new, in capitals, without the slash, each is one step from its page."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from articles.models import Section, Story
from tests.factories import articles as make
from tests.factories.accounts import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def moved() -> Story:
    """A story that was once at /royals/gates/, with everything around it renamed since."""
    king = make.topic("King Charles")
    story = make.published_story(slug="gates", topics=[king], owner=person("reporter", name="Ann Poe"))
    Story.objects.filter(pk=story.pk).update(slug="walls")
    Section.objects.filter(pk=story.section_id).update(slug="palaces")
    type(king).objects.filter(pk=king.pk).update(slug="the-king")
    return Story.objects.select_related("section").get(pk=story.pk)


@pytest.mark.parametrize(
    ("asked", "page"),
    [
        ("/royals/gates", "/palaces/walls/"),
        ("/royals/gates/", "/palaces/walls/"),
        ("/royals/walls", "/palaces/walls/"),
        ("/Royals/GATES/", "/palaces/walls/"),
        ("/Royals/Gates", "/palaces/walls/"),
        ("/palaces/walls", "/palaces/walls/"),
        ("/palaces/Walls/", "/palaces/walls/"),
        ("/royals/gates?utm_source=x", "/palaces/walls/"),
        ("/royals", "/palaces/"),
        ("/Royals/", "/palaces/"),
        ("/palaces", "/palaces/"),
        ("/topics/king-charles", "/topics/the-king/"),
        ("/topics/King-Charles/", "/topics/the-king/"),
        ("/topics/the-king", "/topics/the-king/"),
        ("/complaints/royals/gates", "/complaints/palaces/walls/"),
        ("/complaints/Royals/Gates/", "/complaints/palaces/walls/"),
        ("/ROYALS/gates/ninjs.json", "/palaces/walls/ninjs.json"),
        ("/Royals/feed.xml", "/palaces/feed.xml"),
    ],
)
def test_one_step_leads_to_the_page(client: Client, moved: Story, asked: str, page: str) -> None:
    answer = client.get(asked)
    assert (answer.status_code, answer["Location"]) == (301, page)
    assert client.get(page).status_code == 200


def test_an_author_too(client: Client, moved: Story) -> None:
    for asked in (f"/authors/{moved.owner_id}/ann-poe", f"/authors/{moved.owner_id}/Somebody"):
        answer = client.get(asked)
        assert (answer.status_code, answer["Location"]) == (301, f"/authors/{moved.owner_id}/ann-poe/")


def test_pages_that_are_no_story_still_lead_to_their_slash(client: Client, moved: Story) -> None:
    for asked in ("/corrections", "/search", "/about/sources", "/health", "/desk/stories", "/complaints"):
        answer = client.get(f"{asked}?a=1")
        assert (answer.status_code, answer["Location"]) == (301, f"{asked}/?a=1"), asked
    for asked in ("/nowhere", "/royals/never", "/topics/never", "/complaints/royals/never", "/desk/never"):
        assert client.get(asked).status_code == 404, asked


def test_capital_letters_are_led_on_and_not_kept(client: Client, moved: Story) -> None:
    """There is no end of ways to write an address in capitals, and each that were kept would push a page out."""
    assert not hasattr(client.get("/Royals/Gates/"), "page_tags")
    assert not hasattr(client.get("/Royals/"), "page_tags")
    tags = {f"story:{moved.pk}", "publication"}
    assert client.get("/royals/gates").page_tags == tags  # type: ignore[attr-defined]


def test_no_other_form_of_an_address_tells_more(client: Client) -> None:
    """Promise 8: neither a draft nor a story under embargo, however its address is written."""
    draft, secret = make.story(slug="draft"), make.published_story(slug="secret")
    Story.objects.filter(pk=secret.pk).update(embargo_until=timezone.now() + timedelta(hours=1))
    gone = make.withdrawn_story(slug="gone", notice="It was wrong.")
    for story in (draft, secret):
        for asked in (story.path, story.path[:-1], story.path.upper(), f"/complaints{story.path[:-1]}"):
            assert client.get(asked).status_code == 404, asked
    for asked in (gone.path, gone.path[:-1]):
        assert client.get(asked).status_code == 410, asked
    for before, file in (("", ""), ("", "ninjs.json"), ("/complaints", "")):
        answer = client.get(f"{before}{gone.path.upper()}{file}")
        assert (answer.status_code, answer["Location"]) == (301, f"{before}{gone.path}{file}")
        assert not hasattr(answer, "page_tags"), "there is no end of them"

"""A live story in structured data: its time as coverage, and each post with its own words, times, author and place."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from articles import live_time, posting, workflow
from articles.models import Byline, Draft, Story
from newsroom.accounts.models import Person
from tests.asserts import assert_sound, json_ld, page
from tests.factories import articles as make
from tests.factories.accounts import person
from tests.factories.live import live_pen

pytestmark = pytest.mark.django_db
AT = make.AT  # 9.00 in London
LONG = "The procession went along " + "the river and past the gates and " * 4 + "home. It rained."


def coverage(client: Client, story: Story) -> dict[str, Any]:
    story.refresh_from_db()
    root = page(client.get(story.path))
    assert_sound(root)
    article = next(thing for thing in json_ld(root) if str(thing.get("@id", "")).endswith("#article"))
    ids = {element.attributes["id"] for element in root.walk() if "id" in element.attributes}
    for update in article.get("liveBlogUpdate", []):
        address, _, anchor = update["url"].partition("#")
        assert anchor in ids, "a place on the page"
        assert address == article["mainEntityOfPage"]["@id"]
        element = next(one for one in root.walk() if one.attributes.get("id") == anchor)
        assert update["articleBody"].split("\n")[0] in element.text
    return article


def take(name: str, story: Story, by: Person, at: datetime, **facts: str) -> None:
    story.refresh_from_db()
    workflow.take(name, subject=story, person=by, expected_version=story.version, at=at, **facts)


def minute(number: int) -> datetime:
    return AT + timedelta(minutes=number)


def test_a_story_that_never_was_live_is_an_article(client: Client) -> None:
    article = coverage(client, make.published_story())
    assert article["@type"] == "NewsArticle"
    assert not {"coverageStartTime", "coverageEndTime", "liveBlogUpdate"} & set(article)


def test_each_post_has_what_is_its_own(client: Client) -> None:
    bob, dele = person("editor"), person("reporter", name="Dele Okoro")
    story = make.published_story(body="<p>The gates opened.</p>", at=AT)
    Byline.objects.create(story=story, person=bob, position=1)
    now = timezone.now()
    take("declare-live", story, bob, minute(10), until=(now + timedelta(hours=2)).isoformat())
    live_pen(story, person=dele, by=bob, at=AT, until=now)
    posting.post(story_id=story.pk, person=bob, words="The King is here! He waves.\nTea is served.", at=minute(20))
    posting.post(story_id=story.pk, person=dele, words=LONG, at=minute(30))
    article = coverage(client, story)
    assert article["@type"] == "LiveBlogPosting"
    assert article["coverageStartTime"] == "2025-09-11T09:10:00+01:00"
    assert "coverageEndTime" not in article
    assert article["dateModified"] == "2025-09-11T09:30:00+01:00"
    second, first = article["liveBlogUpdate"]
    assert {one["@type"] for one in (first, second)} == {"BlogPosting"}
    assert first["headline"] == "The King is here!"
    assert first["articleBody"] == "The King is here! He waves.\nTea is served."
    assert first["datePublished"] == first["dateModified"] == "2025-09-11T09:20:00+01:00"
    assert first["author"] == {
        "@type": "Person",
        "name": bob.name,
        "url": f"http://127.0.0.1:8000/authors/{bob.pk}/{bob.name.lower().replace(' ', '-')}/",
    }
    assert second["datePublished"] == "2025-09-11T09:30:00+01:00"
    assert second["headline"].startswith("The procession went along the river")
    assert second["headline"].endswith("…")
    assert len(second["headline"]) <= 110
    assert second["author"] == {"@id": "http://127.0.0.1:8000/#publisher"}, "the page names nobody else"
    assert "Dele" not in client.get(story.path).content.decode()


def test_what_no_longer_stands_in_the_text_is_no_update_and_edited_words_are_the_new_ones(client: Client) -> None:
    bob = person("editor")
    story = make.published_story(body="<p>The gates opened.</p>", live=True, at=AT)
    Story.objects.filter(pk=story.pk).update(live_until=timezone.now() + timedelta(hours=1))
    posting.post(story_id=story.pk, person=bob, words="It is Ann.", at=minute(20))
    posting.post(story_id=story.pk, person=bob, words="It is wrong.", at=minute(30))
    story.refresh_from_db()
    seen = story.published_revision
    assert seen is not None
    _wrong, ann, *rest = seen.body.split("\n")
    draft = Draft.objects.create(
        story=story, opened_by=bob, opened_at=AT, changed_at=AT, changed_by=bob, base_revision=seen, head=seen
    )
    edited = make.revision(draft, author=bob, body="\n".join([ann.replace("Ann", "Bess"), *rest]))
    edited.paragraph_keys = seen.paragraph_keys[1:]
    edited.save()
    Story.objects.filter(pk=story.pk).update(published_revision=edited)
    (update,) = coverage(client, story)["liveBlogUpdate"]
    assert (update["headline"], update["datePublished"]) == ("It is Bess.", "2025-09-11T09:20:00+01:00")
    assert "dateModified" not in update


def test_it_ends_with_the_live_time_and_by_hand(client: Client) -> None:
    bob, now = person("editor"), timezone.now()
    by_hand, by_time = (make.published_story(at=now - timedelta(hours=3)) for _ in range(2))
    for story, declared in ((by_hand, 170), (by_time, 171)):
        take(
            "declare-live", story, bob, now - timedelta(minutes=declared), until=(now + timedelta(hours=1)).isoformat()
        )
        posting.post(story_id=story.pk, person=bob, words="Rain.", at=now - timedelta(minutes=100))
    take("end-live", by_hand, bob, now - timedelta(minutes=50), line="That is all for today.")
    over = now - timedelta(minutes=20)
    Story.objects.filter(pk=by_time.pk).update(live_until=over)
    for swept in (False, True):
        if swept:
            live_time.sweep(now)
        article = coverage(client, by_time)
        assert article["@type"] == "LiveBlogPosting"
        ended = now if swept else over  # the sweep comes every minute
        assert datetime.fromisoformat(article["coverageEndTime"]) == ended.replace(microsecond=0)
    article = coverage(client, by_hand)
    assert datetime.fromisoformat(article["coverageEndTime"]) == (now - timedelta(minutes=50)).replace(microsecond=0)
    assert datetime.fromisoformat(article["coverageStartTime"]) == (now - timedelta(minutes=170)).replace(microsecond=0)


def test_what_was_declared_before_publication_began_with_it(client: Client) -> None:
    bob, now = person("editor"), timezone.now()
    story = make.story(at=AT)
    take("declare-live", story, bob, AT - timedelta(hours=5), until=(now + timedelta(hours=1)).isoformat())
    shown = story.draft  # type: ignore[attr-defined]
    Story.objects.filter(pk=story.pk).update(
        readers="published",
        published_revision=shown.head,
        approved_by=bob,
        first_published_at=AT,
        visible_updated_at=AT,
    )
    assert coverage(client, story)["coverageStartTime"] == "2025-09-11T09:00:00+01:00"


@pytest.mark.parametrize("many", [1, 20])
def test_posts_cost_no_query(client: Client, many: int, at_most: Callable[[int], AbstractContextManager[None]]) -> None:
    bob = person("editor")
    story = make.published_story(live=True, at=AT)
    Story.objects.filter(pk=story.pk).update(live_until=timezone.now() + timedelta(hours=1))
    for number in range(many):
        posting.post(story_id=story.pk, person=bob, words=f"Post {number}.", at=minute(number + 1))
    client.get(story.path)  # the page is kept for the record once
    with at_most(2):
        assert client.get(story.path).status_code == 200

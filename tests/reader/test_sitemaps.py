"""The site maps: an index that leads to everything readers may see and to nothing else, at a cost that does not grow."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles import handlers, leaving
from articles.events import STORY_UPDATED
from articles.models import Story
from articles.reader import sitemaps
from articles.reader.places import author_path
from articles.reader.views import ABOUT
from newsroom.outbox import EventData
from newsroom.publication.current import current
from tests.factories import articles as make
from tests.factories.accounts import person

pytestmark = pytest.mark.django_db
S = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}
SITE = "http://127.0.0.1:8000"
AtMost = Callable[[int], AbstractContextManager[None]]


def read(client: Client, path: str) -> dict[str, str | None]:
    """What a map names, and when each was touched last."""
    answer = client.get(path)
    assert answer.status_code == 200, path
    assert answer["Content-Type"] == "application/xml; charset=utf-8"
    root = ElementTree.fromstring(answer.content)
    return {
        str(entry.findtext("s:loc", namespaces=S)).removeprefix(SITE): entry.findtext("s:lastmod", namespaces=S)
        for entry in root
    }


def everything(client: Client) -> dict[str, str | None]:
    found: dict[str, str | None] = {}
    for path in read(client, "/sitemap.xml"):
        inside = read(client, path)
        assert not set(found) & set(inside), "named twice"
        found |= inside
    return found


def month(story: Story, name: str = "2025-09") -> str:
    return f"/sitemaps/{name}-{story.pk // sitemaps.SIZE + 1}.xml"


def test_a_story_is_dated_by_the_one_clock_there_and_in_the_index(client: Client) -> None:
    king = make.topic("King Charles")
    story = make.published_story(headline="Here", topics=[king])
    make.update(story, kind="minor")
    make.update(story, kind="correction")
    make.update(story, kind="minor", at=make.AT + timedelta(hours=9))
    touched = "2025-09-11T09:30:00+01:00"
    assert read(client, "/sitemap.xml")[month(story)] == read(client, month(story))[story.path] == touched
    found = everything(client)
    assert set(found) == {
        "/",
        "/corrections/",
        "/royals/",
        "/topics/king-charles/",
        author_path(story.owner_id, story.owner.name),
        story.path,
        *(f"/about/{name}/" for name in ABOUT),
        "/about/who-we-are/",
        "/complaints/",
    }
    for path in found:
        assert client.get(path).status_code == 200, path


def test_a_month_is_of_first_publication_and_in_utc(client: Client) -> None:
    late = make.published_story(at=datetime(2025, 6, 30, 23, 30, tzinfo=UTC), headline="July in London")
    early = make.published_story(at=datetime(2025, 7, 1, 0, 0, tzinfo=UTC), headline="July")
    make.update(late, at=datetime(2025, 9, 1, tzinfo=UTC))
    assert list(read(client, month(late, "2025-06"))) == [late.path]
    assert list(read(client, month(early, "2025-07"))) == [early.path]
    maps = list(read(client, "/sitemap.xml"))
    assert maps[3:] == [month(early, "2025-07"), month(late, "2025-06")]


def test_no_part_can_hold_more_than_its_numbers(client: Client) -> None:
    first, last = make.published_story(), make.published_story()
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval(pg_get_serial_sequence('articles_story', 'id'), %s)", [last.pk + sitemaps.SIZE])
    far = make.published_story(slug="far")
    assert set(read(client, month(far))) == {"/royals/far/"}
    assert set(read(client, month(first))) == {first.path, last.path}
    assert {month(far), month(first)} <= set(read(client, "/sitemap.xml"))


@pytest.mark.parametrize(
    "path", ["2025-9-1", "2025-09-01", "2025-13-1", "0000-01-1", "2025-09-0", "2025-09-99", "9025-09-1"]
)
def test_another_way_to_write_it_and_an_empty_part_are_not_there(client: Client, path: str) -> None:
    make.published_story()
    assert client.get(f"/sitemaps/{path}.xml").status_code == 404


def test_what_readers_may_not_see_is_named_nowhere_and_leaves_no_time(client: Client) -> None:
    """Not even an empty month tells of it."""
    secret, king = make.published_story(at=datetime(2025, 3, 1, tzinfo=UTC)), make.topic("A secret")
    secret.topics.add(king)
    Story.objects.filter(pk=secret.pk).update(embargo_until=timezone.now() + timedelta(hours=1))
    gone = make.withdrawn_story(at=datetime(2025, 4, 1, tzinfo=UTC), owner=person("reporter", name="Gone Girl"))
    make.published_story(at=timezone.now() + timedelta(days=400))
    make.story(topics=[make.topic("Drafted")])
    shown = make.published_story()
    Story.objects.filter(pk=secret.pk).update(visible_updated_at=timezone.now())
    assert {path for path in everything(client) if path.startswith("/royals/") and path != "/royals/"} == {shown.path}
    assert [path for path in read(client, "/sitemap.xml") if "20" in path] == [month(shown)]
    assert read(client, "/sitemaps/topics.xml") == {}
    assert list(read(client, "/sitemaps/authors.xml")) == [author_path(shown.owner_id, shown.owner.name)]
    for story, name in ((secret, "2025-03"), (gone, "2025-04")):
        assert client.get(month(story, name)).status_code == 404


@pytest.mark.parametrize("many", [1, 20])
def test_each_costs_one_query_and_the_publications(client: Client, many: int, at_most: AtMost) -> None:
    for number in range(many):
        story = make.published_story(
            at=make.AT - timedelta(days=31 * number), topics=[make.topic(f"Topic {number}")], owner=person("reporter")
        )
    name = f"{story.first_published_at:%Y-%m}"
    for path in ("/sitemap.xml", month(story, name), *(f"/sitemaps/{file}.xml" for file in sitemaps.FILES)):
        with at_most(2):
            assert client.get(path).status_code == 200
    assert len(read(client, "/sitemap.xml")) == 3 + many


def test_parts_and_their_stories_are_found_by_the_index() -> None:
    """Its words in the migration and in the questions are the same, or PostgreSQL would read every story."""
    for number in range(20):
        story = make.published_story(at=make.AT - timedelta(days=31 * number))
    at, name, part = timezone.now(), f"{story.first_published_at:%Y-%m}", story.pk // sitemaps.SIZE + 1
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE articles_story")
    for ask in (lambda: sitemaps.parts(at), lambda: sitemaps.month(current(), name, part, at)):
        with CaptureQueriesContext(connection) as asked:
            ask()
        (sql,) = [query["sql"] for query in asked if "articles_story" in query["sql"]]
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_bitmapscan = off")
            cursor.execute(f"EXPLAIN {sql}")
            plan = "\n".join(row[0] for row in cursor.fetchall())
        used = plan.count("articles_story_mapped")
        assert used == (3 if "RECURSIVE" in sql else 1), plan
        conditions = [line for line in plan.splitlines() if "Index Cond" in line and "date_trunc" in line]
        # The newest part needs none; every other look goes straight to month and part.
        assert len(conditions) == (2 if "RECURSIVE" in sql else 1), plan
        assert all(f"/ {sitemaps.SIZE})" in line for line in conditions), plan
        assert "Seq Scan on articles_story" not in plan


def test_a_change_draws_the_index_and_its_month_anew_and_no_other(
    monkeypatch: pytest.MonkeyPatch, client: Client
) -> None:
    story, other = make.published_story(), make.published_story(at=make.AT - timedelta(days=100))
    index = client.get("/sitemap.xml").page_tags  # type: ignore[attr-defined]
    mine, others = (
        client.get(path).page_tags  # type: ignore[attr-defined]
        for path in (month(story), month(other, "2025-06"))
    )
    purged: set[str] = set()
    for module in (handlers, leaving):
        monkeypatch.setattr(module, "purge", lambda *tags, gone=False: purged.update(tags))
    handlers.purge_updated(
        EventData(1, STORY_UPDATED.name, {"story_id": story.pk, "update_kind": "update"}, timezone.now())
    )
    assert purged & index
    assert purged & mine
    assert not purged & others
    purged.clear()
    leaving.maps(story.pk)
    assert purged & index
    assert purged & mine
    assert not purged & others

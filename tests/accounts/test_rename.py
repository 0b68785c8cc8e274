"""A name stands in bylines that readers have: an administrator changes it, everybody's pages follow, and it is kept on
record."""

from __future__ import annotations

import asyncio

import pytest
import redis
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.test import Client

from articles import handlers
from newsroom import outbox
from newsroom.accounts import people
from newsroom.audit.models import AuditRow
from newsroom.outbox.models import Event
from newsroom.pagecache.asgi import PageCache
from newsroom.pagecache.copies import Gone
from tests.factories.accounts import person
from tests.factories.articles import published_story, story
from tests.pagecache.visiting import get

pytestmark = pytest.mark.django_db


def test_nobody_gives_themselves_another_byline(client: Client) -> None:
    """Not on their own page, whatever the form brings; and a reporter has no other page for it."""
    alice = person("reporter", "editor")
    client.force_login(alice)
    page = client.get("/desk/me/").content.decode()
    assert 'name="name"' not in page
    assert "an administrator changes it" in page
    client.post("/desk/me/", {"name": "Lady Ashdown", "theme": "dark"})
    assert client.post(f"/desk/people/{alice.pk}/rename/", {"name": "Lady Ashdown"}).status_code == 403
    alice.refresh_from_db()
    assert (alice.name, alice.theme) == ("Alice Ashdown", "dark")
    assert not Event.objects.exists()


def test_an_administrator_renames_and_it_is_on_record(client: Client) -> None:
    alice, frank = person("reporter"), person("administrator")
    client.force_login(frank)
    form = client.get(f"/desk/people/{alice.pk}/").content.decode()
    assert 'value="Alice Ashdown"' in form
    assert "A change shows at once on every published story of theirs." in form
    assert client.post(f"/desk/people/{alice.pk}/rename/", {"name": " Alice \n Ashdown-Vale "}).status_code == 302
    alice.refresh_from_db()
    assert alice.name == "Alice Ashdown-Vale"
    row = AuditRow.objects.get()
    assert (row.action, row.person_name, row.subject) == ("accounts.rename", "Frank Fenn", f"person:{alice.pk}")
    assert row.facts == {"before": "Alice Ashdown", "after": "Alice Ashdown-Vale"}
    assert Event.objects.get().payload == {"person_id": alice.pk}


def test_somebody_who_has_left_is_still_named_rightly(client: Client) -> None:
    alice = person("reporter", is_active=False)
    client.force_login(person("administrator"))
    assert 'value="Alice Ashdown"' in client.get(f"/desk/people/{alice.pk}/").content.decode()
    client.post(f"/desk/people/{alice.pk}/rename/", {"name": "Alice Ashdowne"})
    alice.refresh_from_db()
    assert alice.name == "Alice Ashdowne"


@pytest.mark.parametrize("name", ["", "   ", "x" * 121, "\x00"])
def test_a_name_that_is_none_is_refused_beside_the_field(client: Client, name: str) -> None:
    alice = person("reporter")
    client.force_login(person("administrator"))
    page = client.post(f"/desk/people/{alice.pk}/rename/", {"name": name})
    assert page.status_code == 200
    assert 'id="id_name-error"' in page.content.decode()
    alice.refresh_from_db()
    assert alice.name == "Alice Ashdown"


def test_the_same_name_again_is_no_change() -> None:
    alice = person("reporter")
    people.rename(person=alice, name="Alice Ashdown", by=person("administrator"))
    assert not AuditRow.objects.exists()
    assert not Event.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_kept_pages_say_the_new_name_within_a_second() -> None:
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        client.flushdb()
    alice = person("reporter")
    path = published_story(owner=alice).path
    site = PageCache(get_asgi_application(), gone=Gone())

    async def read(expected: str) -> None:
        for where in (path, "/", "/royals/", "/feeds/rss.xml"):
            await get(site, where)
            assert expected in (await get(site, where)).text, where

    asyncio.run(read("Alice Ashdown"))
    people.rename(person=alice, name="Alice Vale", by=person("administrator"))
    outbox.relay()
    asyncio.run(asyncio.sleep(1.01))
    asyncio.run(read("Alice Vale"))


@pytest.mark.django_db(transaction=True)
def test_whoever_wrote_very_much_has_every_page_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    purged: list[set[str]] = []
    monkeypatch.setattr(handlers, "purge", lambda *tags: purged.append(set(tags)))
    monkeypatch.setattr(handlers, "MOST_NAMED", 1)
    alice, frank = person("reporter"), person("administrator")
    first = published_story(owner=alice)
    story(owner=alice)
    people.rename(person=alice, name="Alice Vale", by=frank)
    outbox.relay()
    published_story(owner=alice)
    people.rename(person=alice, name="Alice Ashdown", by=frank)
    outbox.relay()
    theirs = {f"author:{alice.pk}", "feed:sitemap"}
    assert purged == [{f"story:{first.pk}"}, theirs, {"publication"}, theirs]

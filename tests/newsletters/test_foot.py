"""The form at the foot of every page: which newsletter, at what cost, and how a change of it reaches the pages."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from newsletters import handlers
from newsletters.models import ListVersion, Newsletter
from newsroom.outbox import EventData
from newsroom.publication.current import forget
from newsroom.publication.models import Publication
from tests.factories import articles
from tests.factories import newsletters as made
from tests.factories.accounts import person
from tests.newsletters.sending import now


def page(client: Client, path: str) -> str:
    forget()
    return client.get(path).content.decode()


@pytest.mark.django_db
def test_it_stands_on_every_page_with_its_boxes_unticked_and_its_list_named(client: Client) -> None:
    Publication.objects.update_or_create(pk=1, defaults={"name": "The Long Walk"})
    newsletter = made.newsletter(name="The Letter")
    story = articles.published_story()
    assert 'name="box"' not in page(client, story.path)
    Newsletter.objects.filter(pk=newsletter.pk).update(in_footer=True)
    listed = ListVersion.objects.filter(newsletter=newsletter).order_by("-version")[0]
    for path in ("/", story.path, "/search/", "/newsletters/", "/nothing/here/"):
        html = page(client, path)
        assert 'name="box" value="footer"' in html, path
        assert f'name="list" value="{listed.pk}"' in html
        assert made.BRANDS in html
        assert " checked" not in html
    assert f'name="page" value="{story.path}"' in page(client, story.path)
    assert 'value="footer"' not in page(client, f"/newsletters/{newsletter.slug}/"), "its form stands there already"
    Newsletter.objects.filter(pk=newsletter.pk).update(open=False)
    assert 'name="box"' not in page(client, story.path)


@pytest.mark.django_db
def test_it_costs_no_query(client: Client) -> None:
    Publication.objects.update_or_create(pk=1, defaults={"name": "The Long Walk"})
    newsletter = made.newsletter()
    story = articles.published_story()

    def count(path: str) -> int:
        forget()
        with CaptureQueriesContext(connection) as captured:
            client.get(path)
        # Not what writes down that readers saw another page now.
        return sum(query["sql"].startswith("SELECT") for query in captured)

    for path in (story.path, "/", "/search/"):
        count(path)
        Newsletter.objects.update(in_footer=False)
        without = count(path)
        Newsletter.objects.filter(pk=newsletter.pk).update(in_footer=True)
        assert count(path) == without, path


@pytest.mark.django_db
def test_one_newsletter_can_stand_there_and_the_administrator_is_told(client: Client) -> None:
    first, second = made.newsletter(boxes=False), made.newsletter(boxes=False)
    Newsletter.objects.filter(pk=first.pk).update(in_footer=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        Newsletter.objects.filter(pk=second.pk).update(in_footer=True)
    client.force_login(person("administrator"))
    fields = {
        "name": second.name, "slug": second.slug, "promise": second.promise, "sender_name": second.sender_name,
        "purpose": second.purpose_id, "open": "on", "in_footer": "on",
        "offers-TOTAL_FORMS": "0", "offers-INITIAL_FORMS": "0",
    }  # fmt: skip
    answer = client.post(f"/admin/newsletters/newsletter/{second.pk}/change/", fields)
    assert answer.status_code == 200
    assert "Another newsletter stands in the footer." in answer.content.decode()
    assert client.post(f"/admin/newsletters/newsletter/{first.pk}/change/", {**fields, "name": first.name,
        "slug": first.slug, "purpose": first.purpose_id}).status_code == 302  # fmt: skip


@pytest.mark.django_db
def test_a_change_purges_every_page(monkeypatch: pytest.MonkeyPatch) -> None:
    purged: list[Any] = []
    monkeypatch.setattr(handlers, "purge", lambda *tags: purged.extend(tags))
    newsletter = made.newsletter()
    handlers.purge_pages(
        EventData(id=1, kind="newsletters.changed", payload={"newsletter_id": newsletter.pk}, at=now())
    )
    assert {f"newsletter:{newsletter.pk}", "newsletters", "publication"} <= set(purged)

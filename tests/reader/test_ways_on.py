"""Pages for whoever is lost, and about those who make the publication."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.models import Story
from articles.reader import lost
from newsroom.publication.current import forget
from newsroom.publication.models import Publication
from tests.asserts import assert_sound, page
from tests.factories import articles as make
from tests.factories.accounts import person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def anew() -> None:
    lost._copy.forget()


def test_a_wrong_address_leads_on_to_what_there_is(client: Client) -> None:
    shown = make.published_story(headline="The newest")
    hidden = make.published_story(headline="Held back", at=make.AT + timedelta(days=1))
    Story.objects.filter(pk=hidden.pk).update(embargo_until=timezone.now() + timedelta(hours=1))
    answer = client.get("/royals/nothing-here/")
    root = page(answer)
    assert answer.status_code == 404
    assert_sound(root)
    assert [a.text for a in root.one("nav", "nav").all("a")] == ["Royals"]
    assert shown.path in [a.attributes["href"] for a in root.one("main").all("a")]
    assert "Held back" not in root.text, "promise 8: this page is an exit as well"


def test_a_flood_of_wrong_addresses_costs_no_query_each(client: Client, at_most: Any) -> None:
    make.published_story()
    with at_most(2):  # of the first one: what all of them say is kept for a moment
        client.get("/nothing/here/0/")
        for number in range(5):
            assert client.get(f"/nothing-at-all/here/{number}/").status_code == 404


def test_a_wrong_address_stays_one_while_the_database_is_away(client: Client) -> None:
    def away(*asked: object) -> None:
        raise OperationalError("away")

    forget()
    with connection.execute_wrapper(away):
        answer = client.get("/about/nothing-of-the-kind/")
    assert answer.status_code == 404
    assert_sound(page(answer))
    assert page(answer).one("h1").text == "This page is not here"


def test_what_cannot_be_read_is_answered_without_a_query(client: Client) -> None:
    forget()  # or a copy of the publication would hide that it is asked for
    with CaptureQueriesContext(connection) as asked:
        answer = client.get("/royals/?page=%00")
    assert answer.status_code == 400
    assert_sound(page(answer))
    assert not asked.captured_queries


def test_who_we_are_names_those_who_write_and_nobody_else(client: Client) -> None:
    """An editor, a lawyer or somebody whose story is not out is named nowhere."""
    ann = person("reporter", name="Ann Poe")
    make.published_story(owner=ann)
    make.story(owner=person("reporter", name="Not Yet"))
    make.withdrawn_story(owner=person("reporter", name="Withdrawn Only"))
    person("editor", name="Quiet Editor")
    answer = client.get("/about/who-we-are/")
    root = page(answer)
    assert_sound(root)
    assert [a.text for a in root.one("ul", "people").all("a")] == ["Ann Poe"]
    assert client.get(root.one("ul", "people").one("a").attributes["href"]).status_code == 200
    for name in ("Not Yet", "Withdrawn Only", "Quiet Editor", "reporter", "editor@"):
        assert name not in root.one("ul", "people").text
    assert {"home", "publication", f"author:{ann.pk}"} <= answer.page_tags  # type: ignore[attr-defined]


@pytest.mark.parametrize("number", [1, 20])
def test_who_we_are_costs_two_queries(client: Client, number: int, at_most: Any) -> None:
    for each in range(number):
        make.published_story(owner=person("reporter", name=f"Ann {each}"))
    with at_most(2):
        client.get("/about/who-we-are/")


def test_contact_says_what_the_publication_has_and_no_more(client: Client) -> None:
    root = page(client.get("/about/contact/"))
    assert_sound(root)
    assert "By post" not in root.text
    assert not [a for a in root.all("a") if a.attributes["href"].startswith("mailto:")]
    Publication.objects.update_or_create(
        pk=1, defaults={"contact_email": "desk@example.org", "postal_address": "1 Castle Hill\nWindsor"}
    )
    forget()
    root = page(client.get("/about/contact/"))
    assert_sound(root)
    assert root.one("address").text == "1 Castle HillWindsor"  # a line break between them
    assert root.one("main").one("a", href="mailto:desk@example.org")
    assert "/complaints/" in [a.attributes["href"] for a in root.one("main").all("a")]

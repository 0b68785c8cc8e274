"""Queries whose SQL is made once: the same rows as the queryset's own, for other values, in other threads."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.db.models.functions import Upper

from articles.models import Section, Story
from newsroom.prepared import Prepared
from tests.factories import articles as make

EARLY = datetime(1, 2, 3, tzinfo=UTC)


def of_section(slug: str, at: datetime) -> QuerySet[Story]:
    found = Story.objects.filter(section__slug=slug, created_at__lte=at).order_by("pk")
    return found.select_related("section", "owner").defer("withdrawn_reason").annotate(loud=Upper("slug"))


def stories() -> Prepared[Any]:
    return Prepared(of_section, slug="\x00", at=EARLY)


@pytest.fixture
def told(db: None) -> list[Story]:
    houses = make.section("Houses")
    return [make.story(headline="One"), make.story(headline="Two", section=houses), make.story(headline="Three")]


def test_it_finds_what_the_queryset_finds(told: list[Story], django_assert_num_queries: Any) -> None:
    prepared, at = stories(), datetime.now(UTC) + timedelta(days=1)
    for slug in ("royals", "houses", "nowhere", "royals"):
        with django_assert_num_queries(1):
            found = prepared(slug=slug, at=at)
        assert found == list(of_section(slug, at))
    with django_assert_num_queries(0):  # the joined rows, the annotation and the connection came along
        assert {(each.section.name, each.owner.name, each.loud) for each in found} == {
            ("Royals", told[0].owner.name, told[0].slug.upper()),
            ("Royals", told[2].owner.name, told[2].slug.upper()),
        }
        assert found[0]._state.db == "default"
    assert "withdrawn_reason" in found[0].get_deferred_fields()
    assert prepared(slug="royals", at=EARLY) == []


def test_the_sql_is_made_once(told: list[Story], monkeypatch: pytest.MonkeyPatch) -> None:
    made = []

    def build(slug: str) -> QuerySet[Section]:
        made.append(slug)
        return Section.objects.filter(slug=slug)

    prepared = Prepared[Section](build, slug="\x00")
    assert [[each.name for each in prepared(slug=slug)] for slug in ("royals", "houses")] == [["Royals"], ["Houses"]]
    assert made == ["\x00"]


def test_any_of_a_list_is_one_parameter(told: list[Story]) -> None:
    prepared = Prepared[Story](lambda ids: Story.objects.filter(pk__any=ids).order_by("pk"), ids=[-1])
    assert prepared(ids=[told[0].pk, told[2].pk]) == [told[0], told[2]]
    assert prepared(ids=[told[1].pk, 99999999999999999999]) == [told[1]]
    assert prepared(ids=[]) == []


def test_values_of_a_list_of_values(told: list[Story]) -> None:
    prepared = Prepared[Any](
        lambda slug: Story.objects.filter(section__slug=slug).order_by("pk").values_list("slug", flat=True), slug="\x00"
    )
    assert prepared(slug="houses") == [told[1].slug]


def test_an_argument_that_python_looked_at_is_told(db: None) -> None:
    """It would stay the stand-in's for ever."""
    prepared = Prepared[Section](lambda slug: Section.objects.filter(slug=slug.strip("\x00")), slug="\x00")
    with pytest.raises(AssertionError, match="slug"):
        prepared(slug="royals")


def test_a_value_that_is_missing_is_told(told: list[Story]) -> None:
    with pytest.raises(KeyError):
        stories()(slug="royals")


@pytest.mark.django_db(transaction=True)
def test_threads_ask_at_once_on_connections_of_their_own() -> None:
    sections = [make.section(f"Section {number}") for number in range(4)]
    prepared = Prepared[Section](lambda slug: Section.objects.filter(slug=slug), slug="\x00")
    start, wrong = threading.Barrier(4), list[Exception]()

    def ask(section: Section) -> None:
        try:
            start.wait(10)
            for _ in range(30):
                assert prepared(slug=section.slug) == [section]
        except Exception as error:
            wrong.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=ask, args=(section,)) for section in sections]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []

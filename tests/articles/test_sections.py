"""Addresses: a section never hides behind the site's own, and a story's stays with it."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.urls import URLPattern, URLResolver, get_resolver

from articles import particulars, refusals
from articles.models import RESERVED_SLUGS, Section, Story
from articles.particulars import Particulars, slug_for
from newsroom.accounts.models import Person
from newsroom.outbox.models import Event
from tests.factories.articles import published_story, section, story, topic


def first_segments(patterns: list[URLPattern | URLResolver], before: str = "") -> set[str]:
    found: set[str] = set()
    for entry in patterns:
        route = before + str(entry.pattern).lstrip("^")
        if "/" in route:
            found.add(route.split("/")[0])
        elif isinstance(entry, URLResolver):
            found |= first_segments(entry.url_patterns, route)
        else:
            found.add(route)
    return {segment for segment in found if segment and "<" not in segment and "(" not in segment}


def test_no_section_can_take_an_address_that_the_site_serves() -> None:
    served = first_segments(get_resolver().url_patterns) | {"static", "desk", "media", "admin"}
    assert {segment for segment in served if "." not in segment} - RESERVED_SLUGS == set()


@pytest.mark.django_db
@pytest.mark.parametrize("slug", ["desk", "admin", "feeds", "newsletters", "static"])
def test_a_reserved_address_is_refused_by_the_form_and_by_the_database(slug: str) -> None:
    with pytest.raises(ValidationError, match="Choose another"):
        Section(name="Anything", slug=slug).full_clean()
    with pytest.raises(DatabaseError), transaction.atomic():
        Section.objects.create(name="Anything", slug=slug)


@pytest.mark.parametrize(
    ("headline", "slug"),
    [
        ("The King’s “garden” opens!", "the-kings-garden-opens"),
        ("Été à Windsor", "ete-a-windsor"),
        ("", "untitled"),
        ("王室", "untitled"),
        ("word " * 40, ("word-" * 16)[:-1]),
        ("x" * 300, "x" * 80),
    ],
)
def test_the_address_that_a_headline_suggests(headline: str, slug: str) -> None:
    assert slug_for(headline) == slug


def facts(made: Story, **other: object) -> Particulars:
    given = {"section_id": made.section_id, "slug": made.slug, "byline_ids": [made.owner_id], **other}
    return Particulars(**given)  # type: ignore[arg-type]


def test_before_publication_a_writer_changes_everything(alice: Person) -> None:
    made = story(owner=alice)
    fashion, king = section("Fashion"), topic()
    changed = particulars.change(
        made.pk,
        person=alice,
        expected_version=1,
        facts=facts(made, section_id=fashion.pk, slug="a-coat", topic_ids=[king.pk]),
    )
    assert (changed.path, changed.slug_by_hand, list(changed.topics.all())) == ("/fashion/a-coat/", True, [king])


@pytest.mark.parametrize(
    ("other", "field"),
    [
        ({"slug": "Not an address"}, "slug"),
        ({"slug": "taken"}, "slug"),
        ({"slug": "x" * 81}, "slug"),
        ({"section_id": None}, "section"),
        ({"section_id": 2**80}, "section"),
        ({"topic_ids": [999]}, "topics"),
        ({"byline_ids": [999999]}, "bylines"),
    ],
)
def test_bad_particulars_are_refused_by_field(alice: Person, other: dict[str, object], field: str) -> None:
    story(owner=alice, slug="taken")
    made = story(owner=alice)
    with pytest.raises(refusals.Refused) as refused:
        particulars.change(made.pk, person=alice, expected_version=1, facts=facts(made, **other))
    assert list(refused.value.messages) == [field]


def test_after_publication_the_address_stays_and_the_rest_is_an_editors(
    alice: Person, bob: Person, now: datetime
) -> None:
    shown = published_story(owner=alice)
    with pytest.raises(refusals.Refused, match="editor"):
        particulars.change(shown.pk, person=alice, expected_version=1, facts=facts(shown))
    with pytest.raises(refusals.Refused) as refused:
        particulars.change(shown.pk, person=bob, expected_version=1, facts=facts(shown, slug="elsewhere"))
    assert list(refused.value.messages) == ["slug"]
    particulars.change(shown.pk, person=bob, expected_version=1, facts=facts(shown, byline_ids=[alice.pk, bob.pk]))
    assert [byline.person for byline in shown.bylines.all()] == [alice, bob]
    assert Event.objects.get().kind == "story.changed"


def test_two_change_particulars_and_the_second_is_told(alice: Person) -> None:
    made = story(owner=alice)
    particulars.change(made.pk, person=alice, expected_version=1, facts=facts(made, slug="first"))
    with pytest.raises(refusals.Stale):
        particulars.change(made.pk, person=alice, expected_version=1, facts=facts(made, slug="second"))

"""Addresses: a section never hides behind the site's own, and a story's stays with it."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.urls import URLPattern, URLResolver, get_resolver

from articles import particulars, refusals
from articles.models import RESERVED_SLUGS, Section, Story
from articles.particulars import Particulars, slug_for
from newsroom.accounts.models import Person
from newsroom.audit.models import AuditRow
from newsroom.outbox.models import Event
from tests.factories.articles import product_placement, published_story, section, story, topic


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


def test_after_publication_all_of_it_is_an_editors(alice: Person, bob: Person) -> None:
    shown, houses = published_story(owner=alice), section("Houses")
    with pytest.raises(refusals.Refused, match="editor"):
        particulars.change(shown.pk, person=alice, expected_version=1, facts=facts(shown))
    particulars.change(shown.pk, person=bob, expected_version=1, facts=facts(shown, byline_ids=[alice.pk, bob.pk]))
    assert [byline.person for byline in shown.bylines.all()] == [alice, bob]
    before = shown.path
    moved = particulars.change(
        shown.pk, person=bob, expected_version=2, facts=facts(shown, section_id=houses.pk, slug="elsewhere")
    )
    assert moved.path == "/houses/elsewhere/"
    assert [event.payload["section_ids"] for event in Event.objects.order_by("pk")] == [
        [shown.section_id],
        sorted([shown.section_id, houses.pk]),
    ]
    assert AuditRow.objects.get(action="story.moved").facts == {"address": before}


def test_a_story_with_products_is_not_moved_where_they_are_barred(bob: Person) -> None:
    barred = section("Obituaries", products_barred=True)
    placed = product_placement()
    host = placed.product.offers.get().merchant.hosts[0]
    shop = f'<p><a href="https://{host}/coat">A coat</a>.</p>'
    for body in (f'<p>Words.</p><div data-block="product" data-id="{placed.pk}"></div>', shop):
        selling = published_story(body=body)
        with pytest.raises(refusals.Refused) as refused:
            particulars.change(selling.pk, person=bob, expected_version=1, facts=facts(selling, section_id=barred.pk))
        assert list(refused.value.messages) == ["section"]
    plain = published_story()
    assert particulars.change(
        plain.pk, person=bob, expected_version=1, facts=facts(plain, section_id=barred.pk)
    ).path.startswith("/obituaries/")


def test_a_long_address_of_old_stays_when_other_details_are_saved(alice: Person) -> None:
    made = story(owner=alice, slug=f"{'x' * 80}-12")
    king = topic()
    assert particulars.change(made.pk, person=alice, expected_version=1, facts=facts(made, topic_ids=[king.pk]))


def test_two_change_particulars_and_the_second_is_told(alice: Person) -> None:
    made = story(owner=alice)
    particulars.change(made.pk, person=alice, expected_version=1, facts=facts(made, slug="first"))
    with pytest.raises(refusals.Stale):
        particulars.change(made.pk, person=alice, expected_version=1, facts=facts(made, slug="second"))

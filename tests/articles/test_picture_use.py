"""A picture's page says where it stands, to each person what that person may open."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from articles import drafts
from articles.models import Draft, Product, Revision, Story
from media_assets import usage
from newsroom.accounts import Role
from newsroom.accounts.models import Person
from tests.asserts import page
from tests.factories import articles as make
from tests.factories import media_assets as pictures
from tests.factories.accounts import person

Save = Callable[..., Revision]


def block(kind: str, pk: int) -> str:
    return f'<p>Words.</p>\n<div data-block="{kind}" data-id="{pk}"></div>'


@pytest.fixture
def asset(db: None) -> Any:
    return pictures.asset(made=False)


@pytest.fixture
def everywhere(asset: Any, alice: Person, bob: Person, now: datetime, save: Save) -> Any:
    """One picture: lead and in the text of what readers see, in its next version, in a draft, with a product, and in a
    story that was withdrawn; and once in words that nobody says any more."""
    lead, inside = pictures.image_placement(asset), pictures.image_placement(asset)
    product = make.product(picture=asset)
    shown = make.published_story(
        headline="The gates open", owner=alice, lead_image=lead, body=block("image", inside.pk), at=now
    )
    again = drafts.open_again(shown, alice, at=now)
    save(again, alice, headline="The gates close", at=now + timedelta(minutes=5))
    make.published_story(
        headline="The coat", body=block("product", make.product_placement(product).pk), at=now - timedelta(minutes=9)
    )
    make.story(headline="", body=block("image", inside.pk), standing=Draft.Standing.IN_REVIEW, at=now)
    make.withdrawn_story(headline="Never again", lead_image=lead, at=now - timedelta(days=1))
    unchanged = make.published_story(headline="As it was", lead_image=lead, at=now - timedelta(days=2))
    drafts.open_again(unchanged, alice, at=now)
    gone = make.story(headline="Without it by now", lead_image=lead).draft  # type: ignore[attr-defined]
    save(gone, gone.opened_by, lead_image_id=None)
    make.published_story(headline="Another picture", lead_image=pictures.image_placement(pictures.asset(made=False)))
    return asset


def places(client: Client, asset: Any) -> list[tuple[str, str, str]]:
    root = page(client.get(f"/desk/pictures/{asset.pk}/"))
    lists = root.all("ul", "used")
    if not lists:
        return []
    return [
        (row.one("a").text, row.one("a").attributes["href"], " ".join(row.one("div").text.split()))
        for row in lists[0].all("li")
    ]


def test_a_writer_sees_every_place_and_its_standing(client: Client, everywhere: Any, alice: Person) -> None:
    client.force_login(alice)
    found = [(title, words.rpartition(",")[0] or words) for title, _, words in places(client, everywhere)]
    assert sorted(found) == sorted(
        [
            ("The gates close", "Draft Lead picture, in the text"),
            ("The gates open", "Published Lead picture, in the text"),
            ("Untitled story", "In review In the text"),
            ("The coat", "Published With a product"),
            ("Never again", "Withdrawn Lead picture"),
            ("As it was", "Published Lead picture"),
            ("Harrow & Vale Wool riding coat", "Product"),
        ]
    )


def test_an_embargo_and_a_spike_are_said_at_the_desk_and_kept_from_others(
    client: Client, asset: Any, alice: Person, now: datetime
) -> None:
    placement = pictures.image_placement(asset)
    secret = make.published_story(headline="Not yet", lead_image=placement)
    Story.objects.filter(pk=secret.pk).update(embargo_until=timezone.now() + timedelta(hours=1))
    away = make.story(headline="Put away", lead_image=placement)
    Story.objects.filter(pk=away.pk).update(spiked_at=now)
    client.force_login(person("marketing"))
    assert places(client, asset) == []
    client.force_login(alice)
    assert {(title, words.split()[0]) for title, _, words in places(client, asset)} == {
        ("Not yet", "Embargo"),
        ("Put away", "Spiked"),
    }


def test_the_newest_place_comes_first(everywhere: Any, alice: Person, now: datetime) -> None:
    titles = [used.title for used in usage.of([everywhere.pk], person=alice, at=now)[everywhere.pk]]
    assert titles[0] == "The gates close"
    assert titles[-2:] == ["As it was", "Harrow & Vale Wool riding coat"]


def test_marketing_is_told_of_what_readers_see_and_of_nothing_else(client: Client, everywhere: Any) -> None:
    client.force_login(person("marketing"))
    found = places(client, everywhere)
    assert [(title, url.split("/")[1]) for title, url, _ in found] == [
        ("The gates open", "royals"),
        ("The coat", "royals"),
        ("As it was", "royals"),
    ]
    text = client.get(f"/desk/pictures/{everywhere.pk}/").content.decode()
    assert "The gates close" not in text
    assert "Never again" not in text
    assert "Wool riding coat" not in text


@pytest.mark.parametrize("role", list(Role))
def test_every_link_opens_for_whoever_sees_it(client: Client, everywhere: Any, role: Role) -> None:
    client.force_login(person(role))
    found = places(client, everywhere)
    assert found
    for title, url, _ in found:
        assert client.get(url).status_code == 200, (role, title, url)


def test_a_story_keeps_the_picture_that_its_product_had(asset: Any, alice: Person, now: datetime) -> None:
    product, other = make.product(picture=asset), pictures.asset(made=False)
    make.published_story(owner=alice, headline="The coat", body=block("product", make.product_placement(product).pk))
    Product.objects.filter(pk=product.pk).update(picture=other)
    found = usage.of([asset.pk, other.pk], person=alice, at=now)
    assert [used.title for used in found[asset.pk]] == ["The coat"]
    assert [used.title for used in found[other.pk]] == ["Harrow & Vale Wool riding coat"]


def test_nothing_to_open_is_said(client: Client, asset: Any, alice: Person) -> None:
    make.story(lead_image=pictures.image_placement(asset))
    client.force_login(person("marketing"))
    assert "Nothing that you may open uses it yet." in client.get(f"/desk/pictures/{asset.pk}/").content.decode()
    client.force_login(alice)
    assert len(places(client, asset)) == 1


@pytest.mark.parametrize("number", [1, 20])
def test_it_costs_the_same_for_one_place_and_for_twenty(
    asset: Any, alice: Person, now: datetime, number: int, django_assert_max_num_queries: Any
) -> None:
    for _ in range(number):
        placement = pictures.image_placement(asset)
        make.published_story(owner=alice, lead_image=placement, body=block("image", placement.pk))
        make.story(owner=alice, body=block("image", placement.pk))
    with django_assert_max_num_queries(7):
        found = usage.of([asset.pk], person=alice, at=now)
    assert len(found[asset.pk]) == 2 * number

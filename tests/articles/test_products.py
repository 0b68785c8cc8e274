"""The product library, prices with their date, and paid links."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from articles import products
from articles.models import Product, ProductPlacement
from articles.products import AFFILIATE_REL, ProductFacts
from articles.refusals import Refused, Stale
from newsroom.accounts.models import Person
from newsroom.outbox.models import Event
from tests.factories.accounts import person
from tests.factories.articles import merchant, product, product_placement

Later = Callable[[int], datetime]


def facts(**other: Any) -> ProductFacts:
    given: dict[str, Any] = {
        "maker": "Harrow & Vale",
        "title": "Coat",
        "merchant_id": merchant().pk,
        "link": "https://www.shop.example/coat",
        "price": "£240",
        "currency": "GBP",
    }
    return ProductFacts(**{**given, **other})


def test_a_price_carries_the_moment_it_was_checked(alice: Person, later: Later) -> None:
    made = products.add(person=alice, facts=facts(), at=later(0))
    assert (made.price, made.currency, made.price_checked_at) == (Decimal(240), "GBP", later(0))
    products.check_price(made.pk, person=alice, price="250.50", currency="GBP", at=later(60))
    made.refresh_from_db()
    assert (made.price, made.price_checked_at) == (Decimal("250.50"), later(60))
    assert Event.objects.get().payload == {"product_id": made.pk}
    assert products.add(person=alice, facts=facts(price=""), at=later(0)).price_checked_at is None
    with pytest.raises(DatabaseError), transaction.atomic():
        Product.objects.filter(pk=made.pk).update(price_checked_at=None)


@pytest.mark.parametrize(
    ("other", "field"),
    [
        ({"maker": " "}, "maker"),
        ({"title": "x" * 201}, "title"),
        ({"merchant_id": None}, "merchant"),
        ({"merchant_id": 2**80}, "merchant"),
        ({"link": "javascript:alert(1)"}, "link"),
        ({"link": "https://elsewhere.example/coat"}, "link"),
        ({"link": "https://notshop.example/coat"}, "link"),
        ({"price": "a lot"}, "price"),
        ({"price": "0"}, "price"),
        ({"price": "-5"}, "price"),
        ({"price": "NaN"}, "price"),
        ({"price": "1e999"}, "price"),
        ({"price": "1.234"}, "price"),
        ({"currency": "XXX"}, "currency"),
        ({"blurb": "x" * 1001}, "blurb"),
        ({"picture_id": 999999}, "picture"),
    ],
)
def test_a_bad_product_is_refused_by_field(alice: Person, now: datetime, other: dict[str, Any], field: str) -> None:
    with pytest.raises(Refused) as refused:
        products.add(person=alice, facts=facts(**other), at=now)
    assert list(refused.value.messages) == [field]


def test_two_change_a_product_and_the_second_is_told(alice: Person, now: datetime) -> None:
    made = product()
    products.change(made.pk, person=alice, expected_version=1, facts=facts(title="First"), at=now)
    with pytest.raises(Stale):
        products.change(made.pk, person=alice, expected_version=1, facts=facts(title="Second"), at=now)
    assert Product.objects.get().title == "First"


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["marketing", "legal", "picture_editor"])
def test_only_those_who_write_change_products(role: str, now: datetime) -> None:
    made = product()
    with pytest.raises(Refused):
        products.change(made.pk, person=person(role), expected_version=1, facts=facts(), at=now)


@pytest.mark.django_db
def test_what_a_story_says_of_a_product_never_changes() -> None:
    placed = product_placement()
    with pytest.raises(DatabaseError), transaction.atomic():
        ProductPlacement.objects.filter(pk=placed.pk).update(link="https://elsewhere.example/")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("href", "paid"),
    [
        ("https://shop.example/coat", True),
        ("https://www.shop.example/coat?tag=x", True),
        ("http://deals.SHOP.example:8080/", True),
        ("//shop.example/coat", True),
        ("https://shop.example./coat", True),
        ("https://notshop.example/coat", False),
        ("https://shop.example.evil.test/", False),
        ("https://other.example/shop.example", False),
        ("/shop.example/", False),
        ("mailto:a@shop.example", False),
        ("http://[", False),
        ("", False),
    ],
)
def test_links_to_a_merchant_are_marked_as_paid(href: str, paid: bool) -> None:
    """Promise 16."""
    merchant()
    assert products.link_rel(href) == (AFFILIATE_REL if paid else "")


@pytest.mark.django_db
def test_many_links_ask_once(django_assert_num_queries: Any) -> None:
    merchant()
    with django_assert_num_queries(1):
        for number in range(20):
            products.link_rel(f"https://shop.example/{number}")

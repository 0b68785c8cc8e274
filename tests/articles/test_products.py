"""The product library, prices with their date, and paid links."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from articles import offering, offers, products, tracking
from articles.models import Merchant, Offer, Product, ProductPlacement
from articles.offering import OfferFacts
from articles.products import AFFILIATE_REL, ProductFacts
from articles.refusals import Refused, Stale
from newsroom.accounts.models import Person
from newsroom.outbox.models import Event
from newsroom.pagecache import brief
from tests.factories.accounts import person
from tests.factories.articles import merchant, offer, product, product_placement, published_story

Later = Callable[[int], datetime]


def facts(**other: Any) -> ProductFacts:
    return ProductFacts(**{"maker": "Harrow & Vale", "title": "Coat", **other})


def offered(**other: Any) -> OfferFacts:
    given: dict[str, Any] = {
        "merchant_id": merchant().pk,
        "link": "https://www.shop.example/coat",
        "price": "£240",
        "currency": "GBP",
    }
    return OfferFacts(**{**given, **other})


def test_a_price_carries_the_moment_it_was_checked_and_who_saw_it(alice: Person, bob: Person, later: Later) -> None:
    made = products.add(person=alice, facts=facts(), offer=offered(), at=later(0)).offers.get()
    assert (made.price, made.currency, made.checked_at, made.checked_by) == (Decimal(240), "GBP", later(0), alice)
    offering.check_price(made.pk, person=bob, price="250.50", currency="GBP", at=later(60))
    made.refresh_from_db()
    assert (made.price, made.checked_at, made.checked_by) == (Decimal("250.50"), later(60), bob)
    assert Event.objects.get().payload == {"product_id": made.product_id}
    offering.check_price(made.pk, person=alice, price="250.50", currency="GBP", at=later(90))
    so_far = [(kept.price, kept.at, kept.person) for kept in made.prices.all()]
    assert so_far == [(Decimal("250.50"), later(60), bob), (Decimal(240), later(0), alice)]
    bare = products.add(person=alice, facts=facts(), offer=offered(price=""), at=later(0)).offers.get()
    assert (bare.checked_at, bare.checked_by, bare.prices.count()) == (None, None, 0)
    with pytest.raises(DatabaseError), transaction.atomic():
        Offer.objects.filter(pk=made.pk).update(checked_at=None)


def test_a_bad_product_or_offer_is_refused_by_field(alice: Person, now: datetime) -> None:
    wrong: list[Any] = []
    bad_facts = ({"maker": " "}, {"title": "x" * 201}, {"blurb": "x" * 1001}, {"picture_id": 999999})
    bad_offers = (
        ({"merchant_id": None}, "merchant"),
        ({"merchant_id": 2**80}, "merchant"),
        ({"link": "javascript:alert(1)"}, "link"),
        ({"link": "https://elsewhere.example/coat"}, "link"),
        ({"link": "https://notshop.example/coat"}, "link"),
        *(({"price": odd}, "price") for odd in ("a lot", "0", "-5", "NaN", "1e999", "1.234")),
        ({"currency": "XXX"}, "currency"),
        ({"in_stock": "perhaps"}, "in_stock"),
    )
    tries = [(facts(**bad), offered(), next(iter(bad)).removesuffix("_id")) for bad in bad_facts]
    tries += [(facts(), offered(**bad), field) for bad, field in bad_offers]
    for said, what, field in tries:
        try:
            products.add(person=alice, facts=said, offer=what, at=now)
            wrong.append((field, "was taken"))
        except Refused as refused:
            wrong += [] if list(refused.messages) == [field] else [(field, refused.messages)]
    assert not wrong
    assert not Product.objects.exists()


def test_two_change_a_product_or_an_offer_and_the_second_is_told(alice: Person, now: datetime) -> None:
    made = product()
    products.change(made.pk, person=alice, expected_version=1, facts=facts(title="First"))
    offering.change(made.offer.pk, person=alice, expected_version=1, facts=offered(price="9"), at=now)
    with pytest.raises(Stale):
        products.change(made.pk, person=alice, expected_version=1, facts=facts(title="Second"))
    with pytest.raises(Stale):
        offering.change(made.offer.pk, person=alice, expected_version=1, facts=offered(price="8"), at=now)
    assert Product.objects.get().title == "First"
    assert Offer.objects.get().price == 9


def test_each_merchant_has_one_offer_of_a_product(alice: Person, now: datetime) -> None:
    made, other = product(), merchant("Other Shop", hosts=("other.example",))
    facts_of_other = offered(merchant_id=other.pk, link="https://other.example/coat", in_stock="no")
    second = offering.add(made.pk, person=alice, facts=facts_of_other, at=now)
    assert (second.merchant, second.in_stock, second.price) == (other, False, 240)
    for said in (
        lambda: offering.add(made.pk, person=alice, facts=offered(), at=now),
        lambda: offering.change(made.offer.pk, person=alice, expected_version=1, facts=facts_of_other, at=now),
    ):
        with pytest.raises(Refused) as refused:
            said()
        assert list(refused.value.messages) == ["merchant"]
    assert made.offers.count() == 2


def test_another_link_is_not_yet_checked(alice: Person, now: datetime) -> None:
    made = product(link_state="gone", link_note="404", link_seen_at=now).offer
    same = offered(link=made.link)
    assert offering.change(made.pk, person=alice, expected_version=1, facts=same, at=now).link_state == "gone"
    changed = offering.change(made.pk, person=alice, expected_version=2, facts=offered(), at=now)
    assert (changed.link_state, changed.link_note, changed.link_seen_at) == ("unknown", "", None)


def test_the_list_is_searched_and_filtered(now: datetime, alice: Person) -> None:
    coat, hat = product(checked_at=now), product("Straw hat", maker="Brim", price=None)
    other = merchant("Other Shop", hosts=("other.example",))
    offer(hat, merchant=other, in_stock=False, link_state="gone", checked_at=now - offers.PRICE_KEPT)
    asked = {
        "all": {},
        "brim": {"q": "brim"},
        "shop": {"q": "other shop"},
        "merchant": {"merchant_id": other.pk},
        "stale": {"state": "stale", "at": now},
        "priceless": {"state": "priceless", "at": now},
        "out": {"state": "out", "at": now},
        "link": {"state": "link", "at": now},
        "unknown": {"state": "x", "at": now},
    }
    both = [hat, coat]
    found = {name: list(products.listing(**said)) for name, said in asked.items()}  # type: ignore[arg-type]
    assert found == {name: both if name in ("all", "unknown") else [hat] for name in asked}


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["marketing", "legal", "picture_editor"])
def test_only_those_who_write_change_products(role: str, now: datetime) -> None:
    made = product()
    with pytest.raises(Refused):
        products.change(made.pk, person=person(role), expected_version=1, facts=facts())
    with pytest.raises(Refused):
        offering.change(made.offer.pk, person=person(role), expected_version=1, facts=offered(), at=now)


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
        ("/go/12/", True),
        ("/go/12", True),
        ("http://127.0.0.1:8000/go/12/?a=b", True),
        ("HTTP://127.0.0.1/go/12/#there", True),
        ("/the-court/../go/12/", True),
        ("/%67o/%31%32/", True),
        ("/x/%2e%2e/go/12/", True),
        ("/go/twelve/", False),
        ("/going/12/", False),
        ("https://other.example/go/12/", False),
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


def test_the_affiliate_link_is_the_shops_address_inside_the_networks() -> None:
    """RFC 3986, 2.1: whatever the address holds, the network reads it back whole."""
    template = "https://go.network.example/?m=12&u={url}&s=9"
    address = "https://shop.example/a b?size=m&tag=x#pück%20"
    made = tracking.link(address, tag="ref=us-20", template=template)
    query = parse_qs(urlsplit(made).query)
    assert query == {"m": ["12"], "s": ["9"], "u": ["https://shop.example/a b?size=m&tag=x&ref=us-20#pück%20"]}
    assert urlsplit(made).netloc == "go.network.example"
    assert tracking.link(address, tag="tag=ours") == address
    assert tracking.link("https://shop.example/", tag="?tag=ours") == "https://shop.example/?tag=ours"


@pytest.mark.usefixtures("watched_templates")
@pytest.mark.django_db
def test_a_tracking_address_is_refused_beside_its_field(client: Any) -> None:
    wrong: list[Any] = []
    shop = merchant()
    client.force_login(person("administrator"))
    form = {
        "name": shop.name,
        "hosts": "shop.example",
        "tag": "",
        "network": "",
        "commission": "",
        "recheck": "",
        "pause": 30,
    }
    for bad in (
        "https://go.network.example/",
        "https://go.network.example/?u={url}&v={url}",
        "http://go.network.example/?u={url}",
        "javascript:alert({url})",
        "https://{url}/",
        "https://go{url}.example/",
        "https://go.network.example{url}",
        "https://me@go.network.example/?u={url}",
        "https://go.network.example/?u={url}&x={y}",
        "{url}",
    ):
        answer = client.post(f"/admin/articles/merchant/{shop.pk}/change/", form | {"tracking": bad})
        if answer.status_code != 200 or list(answer.context["adminform"].form.errors) != ["tracking"]:
            wrong.append(bad)
    assert not wrong
    good = "https://go.network.example/t/?m=12&u={url}"
    assert client.post(f"/admin/articles/merchant/{shop.pk}/change/", form | {"tracking": good}).status_code == 302
    assert Merchant.objects.get().tracking == good


@pytest.mark.django_db
def test_the_librarys_pages_ask_as_often_for_twenty_as_for_one(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(brief, "SECONDS", 600.0)  # a slow machine would ask again for what pages keep for a second
    client.force_login(person("reporter"))
    asked: dict[str, list[int]] = {}
    shown = product("The one")
    for more in (1, 19):
        for number in range(more):
            made = product(f"Coat {more} {number}")
            other = merchant(f"Shop {more} {number}", hosts=(f"{more}-{number}.example",))
            offer(made, merchant=other)
            offer(shown, merchant=other)
            placed = product_placement(shown)
            published_story(body=f'<div data-block="product" data-id="{placed.pk}"></div>')
        for address in ("/desk/products/", f"/desk/products/{shown.pk}/", f"/desk/offers/{shown.offer.pk}/"):  # type: ignore[attr-defined]
            client.get(address)
            with CaptureQueriesContext(connection) as captured:
                assert client.get(address).status_code == 200
            # The publication is read once a second, whoever asks.
            asked.setdefault(address, []).append(
                len([query for query in captured if "publication_publication" not in query["sql"]])
            )
    assert all(one == twenty for one, twenty in asked.values()), asked

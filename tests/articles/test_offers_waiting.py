"""What needs a person is listed until somebody has settled it, and told once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles import offering, offers_waiting, rechecking, telling_offers
from articles.models import Merchant, Offer, Story
from newsroom import outbox
from newsroom.accounts.models import Person
from newsroom.notices.models import Notice
from newsroom.outbox import EventData
from newsroom.pagecache import brief
from tests.factories import articles as make
from tests.factories.accounts import person
from tests.shop import Answer, Shop, open_shop


@pytest.fixture
def shop(settings: LazySettings) -> Iterator[Shop]:
    settings.PRIVATE_SHOPS = True
    with open_shop() as opened:
        yield opened


def look(offer: Offer, at: datetime) -> None:
    Merchant.objects.update(next_request_at=None)
    Offer.objects.filter(pk=offer.pk).update(due_at=None)
    assert rechecking.sweep(at=at) == 1
    outbox.relay()


def told() -> list[tuple[str, str]]:
    """Without the people that factories make beside the cast."""
    cast = Notice.objects.filter(person__name__in=["Alice", "Bob", "Carol", "Erin"]).select_related("person")
    return [(one.person.name, one.title) for one in cast.order_by("pk")]


@pytest.mark.django_db(transaction=True)
def test_a_dead_link_is_told_once_and_so_is_that_it_is_well_again(shop: Shop, now: datetime) -> None:
    alice, bob, carol = person("reporter", name="Alice"), person("editor", name="Bob"), person("reporter", name="Carol")
    person("marketing", name="Erin")
    merchant = make.merchant("Local Shop", hosts=("127.0.0.1",), recheck="schema.org", keeper=carol)
    link = shop.sells("/coat", price="240")
    offer = make.product(merchant=merchant, link=link).offer  # type: ignore[attr-defined]
    placed = make.product_placement(offer.product)
    body = f'<div data-block="product" data-id="{placed.pk}"></div>'
    make.published_story(headline="What she wore", body=body, owner=alice)
    gone = make.published_story(headline="Taken back", body=body, owner=bob)
    Story.objects.filter(pk=gone.pk).update(readers=Story.Readers.WITHDRAWN)
    make.story(headline="Not out yet", body=body, owner=bob)

    look(offer, now)
    assert told() == []
    shop.pages["/coat"] = Answer("Gone", 410)
    for hours in (12, 24, 36):
        look(offer, now + timedelta(hours=hours))
    named = "Harrow & Vale Wool riding coat at Local Shop"
    assert sorted(told()) == [("Alice", f"The link to {named} is dead"), ("Carol", f"The link to {named} is dead")]
    detail = Notice.objects.filter(person=alice).get().detail
    assert detail == "The shop answers 410: there is no such page. Readers see it in “What she wore”."
    offer.refresh_from_db()
    assert offer.link_since == now + timedelta(hours=12)

    Notice.objects.all().delete()
    shop.sells("/coat", price="240")
    look(offer, now + timedelta(hours=37))
    assert sorted(told()) == [
        ("Alice", f"The link to {named} leads to the product again"),
        ("Carol", f"The link to {named} leads to the product again"),
    ]
    # A shop that comes and goes is told of once in a week, each way.
    shop.pages["/coat"] = Answer("Gone", 404)
    look(offer, now + timedelta(hours=38))
    shop.sells("/coat", price="240")
    look(offer, now + timedelta(hours=39))
    assert len([title for _, title in told() if title.endswith("again")]) == 2

    Notice.objects.all().delete()
    Merchant.objects.filter(pk=merchant.pk).update(keeper=None)
    shop.sells("/coat", price="800")
    for hours in (50, 62):
        look(offer, now + timedelta(hours=hours))
    assert sorted(told()) == [
        ("Alice", f"A price of {named} waits for a person"),
        ("Bob", f"A price of {named} waits for a person"),
    ]
    assert Notice.objects.filter(person=bob).get().detail == "The shop says £800.00. Readers see it in “What she wore”."


@pytest.mark.django_db
@pytest.mark.parametrize("mended", ["link", "ended", "held"])
def test_what_somebody_has_mended_meanwhile_is_not_told(mended: str, alice: Person, now: datetime) -> None:
    offer = make.product(link_state="gone", held_price=Decimal(9), held_currency="GBP", held_at=now).offer  # type: ignore[attr-defined]
    person("editor")
    changed: dict[str, Any] = {
        "link": {"link_state": "fine"},
        "ended": {"ended_at": now, "ended_by": alice, "held_price": None, "held_currency": "", "held_at": None},
        "held": {"held_price": None, "held_currency": "", "held_at": None},
    }[mended]
    what = "held" if mended == "held" else "gone"
    event = EventData(1, "offer.turned", {"offer_id": offer.pk, "what": what}, now)
    with transaction.atomic():
        Offer.objects.filter(pk=offer.pk).update(**changed)
        telling_offers.tell_turned(event)
        assert not Notice.objects.exists()
        transaction.set_rollback(True)
    with transaction.atomic():
        telling_offers.tell_turned(event)
    assert Notice.objects.count() == 1


@pytest.mark.django_db
def test_the_list_holds_what_a_person_must_settle(alice: Person) -> None:
    now = timezone.now()
    by_itself = make.merchant("Read Shop", hosts=("shop.example",), recheck="schema.org")
    fine = {"checked_at": now, "link_state": "fine"}
    old = now - timedelta(hours=48)

    def offer(title: str, **facts: Any) -> Offer:
        made: Offer = make.product(title, **{**fine, **facts}).offer  # type: ignore[attr-defined]
        return made

    def seen(made: Offer) -> Offer:
        placed = make.product_placement(made.product)
        make.published_story(body=f'<div data-block="product" data-id="{placed.pk}"></div>')
        return made

    wanted = [
        seen(offer("A dead link that readers see", link_state="gone")),
        seen(offer("B price that waits", held_price=9, held_currency="GBP", held_at=now)),
        seen(offer("C silent", merchant=by_itself, tries=offers_waiting.SILENT)),
        seen(offer("D old price", checked_at=old)),
        offer("A moved link that nobody sees", link_state="moved", link_note="It now leads to the front page."),
    ]
    seen(offer("Fine"))
    offer("An old price that nobody sees", checked_at=old)
    seen(offer("A failed try", merchant=by_itself, tries=offers_waiting.SILENT - 1))
    seen(offer("By people", tries=99))
    seen(offer("Out of stock", in_stock=False))
    ended = seen(offer("Ended", link_state="gone", checked_at=old))
    Offer.objects.filter(pk=ended.pk).update(ended_at=now, ended_by=alice)
    assert [found.product.title for found in offers_waiting.waiting(now)] == [one.product.title for one in wanted]
    said = [offers_waiting.why(found, now) for found in offers_waiting.waiting(now)]
    assert said == [
        ["Gone"],
        ["The shop’s price is too far from ours to be taken by itself."],
        ["No answer 5 times in a row."],
        ["The price is too old to be shown."],
        ["It now leads to the front page."],
    ]


@pytest.mark.django_db
def test_it_is_settled_from_the_list(client: Client, alice: Person) -> None:
    now = timezone.now()
    offer = make.product(held_price=Decimal(99), held_currency="GBP", held_at=now, checked_at=now).offer  # type: ignore[attr-defined]
    client.force_login(person("legal"))
    assert "Take £99.00" not in client.get("/desk/products/needs/").content.decode()
    client.force_login(alice)
    assert 'Needs you <span class="count">1</span>' in client.get("/desk/products/").content.decode()
    assert "Take £99.00" in client.get("/desk/products/needs/").content.decode()
    assert client.post(f"/desk/offers/{offer.pk}/held/", {"back": "waiting"}).url == "/desk/products/needs/"  # type: ignore[attr-defined]
    offer.refresh_from_db()
    assert offer.price == Decimal(99)
    assert "Nothing needs you" in client.get("/desk/products/needs/").content.decode()
    kept = client.post(
        f"/desk/offers/{offer.pk}/price/", {"back": "products", "query": "state=out&page=2&q=//evil.example"}
    )
    assert kept.url == "/desk/products/?state=out&page=2&q=%2F%2Fevil.example"  # type: ignore[attr-defined]


@pytest.mark.django_db
def test_it_asks_as_often_for_a_hundred_as_for_one(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(brief, "SECONDS", 600.0)  # what pages keep for a second: a slow machine would ask again
    client.force_login(person("reporter"))
    asked: dict[str, list[int]] = {}
    keeper = person("editor")
    for more in (1, 19, 80):
        for number in range(more):
            shop = make.merchant(f"Shop {more} {number}", hosts=(f"{more}-{number}.example",), keeper=keeper)
            link = f"https://{more}-{number}.example/coat"
            made = make.product(f"Coat {more} {number}", merchant=shop, link=link, link_state="gone")
            if more < 80:
                placed = make.product_placement(made)
                make.published_story(body=f'<div data-block="product" data-id="{placed.pk}"></div>')
        for address in (
            "/desk/products/needs/",
            "/desk/products/",
            f"/desk/offers/{made.offer.pk}/",
            "/desk/merchants/",
        ):  # type: ignore[attr-defined]
            client.get(address)
            with CaptureQueriesContext(connection) as captured:
                assert client.get(address).status_code == 200
            asked.setdefault(re.sub(r"\d+", "one", address), []).append(len(captured))
        with CaptureQueriesContext(connection) as captured:
            client.get("/desk/blocks/search/?kind=product&q=coat")
        asked.setdefault("picker", []).append(len(captured))
    assert {name: counts for name, counts in asked.items() if max(counts) > counts[0] or counts[0] > 14} == {}
    assert offering.listing(q="coat").count() == 100

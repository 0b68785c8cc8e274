"""An offer that is sold no longer: kept, told, and left alone until it is begun again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.conf import LazySettings
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils import timezone

from articles import checks, ending, offering, rechecking
from articles.blocks import ProductBlock
from articles.models import Offer, OfferPrice
from articles.offering import OfferFacts
from articles.refusals import Refused
from newsroom.accounts.models import Person
from newsroom.audit.models import AuditRow
from newsroom.blocks import PlaceRefused, Target
from newsroom.outbox.models import Event
from tests.factories import articles as make
from tests.factories.accounts import person

Later = Callable[[int], datetime]
pytestmark = pytest.mark.django_db


def ended(alice: Person, at: datetime, **facts: object) -> Offer:
    offer: Offer = make.product(**facts).offer  # type: ignore[attr-defined]
    ending.end(offer.pk, person=alice, note="Sold out for good.", at=at)
    offer.refresh_from_db()
    return offer


def test_it_is_kept_with_its_prices_and_says_who_ended_it(alice: Person, bob: Person, later: Later) -> None:
    offer = make.product(held_price=Decimal(90), held_currency="GBP", held_at=later(0)).offer  # type: ignore[attr-defined]
    OfferPrice.objects.create(offer=offer, price=240, currency="GBP", at=later(0))
    ending.end(offer.pk, person=alice, note=" Sold  out. ", at=later(1))
    offer.refresh_from_db()
    assert (offer.ended_at, offer.ended_by, offer.ended_note, offer.held_price) == (later(1), alice, "Sold out.", None)
    assert (offer.price, offer.prices.count(), offer.version) == (Decimal(240), 1, 2)
    assert Event.objects.get().payload == {"product_id": offer.product_id}
    with pytest.raises(Refused, match="ended already"):
        ending.end(offer.pk, person=bob, note="", at=later(2))
    with pytest.raises(DatabaseError), transaction.atomic():
        Offer.objects.filter(pk=offer.pk).update(ended_by=None)
    ending.begin_again(offer.pk, person=bob, at=later(3))
    offer.refresh_from_db()
    assert (offer.ended_at, offer.ended_by, offer.ended_note, offer.due_at) == (None, None, "", None)
    with pytest.raises(Refused, match="not ended"):
        ending.begin_again(offer.pk, person=bob, at=later(4))
    deeds = AuditRow.objects.filter(subject=f"offer:{offer.pk}").order_by("pk")
    assert [(row.action, row.facts) for row in deeds] == [
        ("offer.ended", {"note": "Sold out."}),
        ("offer.begun-again", {}),
    ]


def test_nothing_is_done_to_an_ended_offer_but_to_begin_it_again(alice: Person, now: datetime) -> None:
    offer = ended(alice, now)
    facts = OfferFacts(offer.merchant_id, offer.link, "99", "GBP")
    with pytest.raises(Refused, match="Begin it again"):
        offering.change(offer.pk, person=alice, expected_version=offer.version, facts=facts, at=now)
    with pytest.raises(Refused, match="Begin it again"):
        offering.check_price(offer.pk, person=alice, price="99", currency="GBP", at=now)
    with pytest.raises(Refused, match="No price waits"):
        offering.take_held(offer.pk, person=alice, at=now)
    with pytest.raises(Refused, match="begin it again"):
        offering.add(offer.product_id, person=alice, facts=facts, at=now)
    for role in ("picture_editor", "legal", "marketing", "administrator"):
        with pytest.raises(Refused, match="reporters and editors"):
            ending.begin_again(offer.pk, person=person(role), at=now)
    with pytest.raises(Refused) as refused:
        ending.end(make.product("Hat").offer.pk, person=alice, note="x" * 301, at=now)  # type: ignore[attr-defined]
    assert "note" in refused.value.messages


def test_the_recheck_leaves_it_alone(alice: Person, now: datetime, settings: LazySettings) -> None:
    shop = make.merchant("Local Shop", hosts=("127.0.0.1",), recheck="schema.org")
    offer = make.product(merchant=shop, link="http://127.0.0.1:9/coat").offer  # type: ignore[attr-defined]
    claimed = rechecking._claim(now)
    assert claimed == offer
    ending.end(offer.pk, person=alice, note="", at=now)
    rechecking._note(claimed, Offer.Link.GONE, "It came too late.", now)
    offer.refresh_from_db()
    assert (offer.link_state, offer.link_note) == ("unknown", "")
    assert rechecking._claim(now + timedelta(days=2)) is None
    ending.begin_again(offer.pk, person=alice, at=now)
    assert rechecking._claim(now + timedelta(days=2)) == offer


def test_readers_and_the_desk_are_told(client: Client, alice: Person) -> None:
    now = timezone.now()
    offer = make.product(checked_at=now).offer  # type: ignore[attr-defined]
    placed = make.product_placement(offer.product)
    body = f'<div data-block="product" data-id="{placed.pk}"></div>'
    story = make.published_story(body=body)
    assert "£240.00" in client.get(story.path).content.decode()
    ending.end(offer.pk, person=alice, note="", at=now)
    page = client.get(story.path).content.decode()
    assert "No longer sold there" in page
    assert "£240.00" not in page
    assert "See price at" not in page
    drafted = make.story(body=body, owner=alice)
    head = drafted.draft.head  # type: ignore[attr-defined]
    said = [found.message for found in checks.run(head, story=drafted, at=now) if found.where.startswith("product:")]
    assert said == [
        "“Wool riding coat”: Example Shop does not sell it any more; readers see no price. Choose another offer, or take it out."
    ]
    loaded = ProductBlock().load({placed.pk})[placed.pk]
    for target in Target:
        context = ProductBlock().context(loaded, target, now)
        assert (context["price"], context["sold_out"], context["ended"]) == ("", "No longer sold there", True)


def test_the_picker_offers_it_to_nobody_and_lets_its_blocks_words_be_edited(alice: Person, now: datetime) -> None:
    block, offer = ProductBlock(), ended(alice, now)
    placed = make.product_placement(offer.product, offer=offer)
    hat = make.product("Hat", price=None, in_stock=True, link_state="gone").offer  # type: ignore[attr-defined]
    scarf = make.product("Scarf", checked_at=timezone.now(), in_stock=False).offer  # type: ignore[attr-defined]
    offered = {choice.id: choice.meta for choice in block.search(alice, "")}
    assert offered == {
        hat.pk: "at Example Shop, no price, in stock, link: gone",
        scarf.pk: "£240.00 at Example Shop, checked just now, out of stock",
    }
    for fields in ({}, {"placement": "999999"}, {"placement": str(placed.pk), "renew": "yes"}):
        with pytest.raises(PlaceRefused, match="does not sell it any more"):
            block.place(alice, {"choice": str(offer.pk), **fields})
    made = block.place(alice, {"choice": str(offer.pk), "placement": str(placed.pk), "blurb": "Other words."})
    assert made != placed.pk
    assert block.values(block.load({placed.pk})[placed.pk])["renew"] == ""


def test_a_product_is_sold_no_longer_when_its_last_offer_ended(client: Client, alice: Person) -> None:
    now = timezone.now()
    offer = ended(alice, now, checked_at=now)
    client.force_login(alice)
    for state, there in (("ended", True), ("stale", False), ("", True)):
        assert ("Wool riding coat" in client.get(f"/desk/products/?state={state}").content.decode()) is there, state
    page = client.get(f"/desk/offers/{offer.pk}/").content.decode()
    assert "It is not sold there any more" in page
    assert "Sold out for good." in page
    assert client.post(f"/desk/offers/{offer.pk}/begin-again/").status_code == 302
    answer = client.post(f"/desk/offers/{offer.pk}/end/", {"note": "y" * 301})
    assert answer.status_code == 422
    assert "y" * 301 in answer.content.decode()  # nothing typed is lost
    assert (
        client.post(f"/desk/offers/{offer.pk}/end/", {"note": "Gone", "back": "waiting"}).url == "/desk/products/needs/"
    )  # type: ignore[attr-defined]

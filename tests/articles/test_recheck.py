"""Prices, stock and links as the recheck finds them, against a shop that answers over HTTP."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connection, connections
from django.test import Client
from django.utils import timezone

from articles import fetching, handlers, rechecking
from articles.fetching import Unreachable, fetch
from articles.models import Merchant, Offer
from newsroom import outbox
from newsroom.outbox.models import Event
from tests.factories import articles as make
from tests.factories.accounts import person
from tests.shop import Answer, Shop, open_shop, product_page


@pytest.fixture
def shop(settings: LazySettings) -> Iterator[Shop]:
    settings.PRIVATE_SHOPS = True
    with open_shop() as opened:
        yield opened


def offered(link: str, **facts: Any) -> Offer:
    """An offer at the local shop, whose turn it is."""
    merchant = facts.pop("merchant", None) or make.merchant(
        "Local Shop", hosts=("127.0.0.1",), recheck="schema.org", pause=30
    )
    return make.product(merchant=merchant, link=link, **{"checked_at": make.AT, **facts}).offer  # type: ignore[attr-defined]


def look(offer: Offer, at: datetime) -> Offer:
    """Have every merchant asked at ``at``, as if nobody had been before."""
    Merchant.objects.update(next_request_at=None)
    Offer.objects.filter(pk=offer.pk).update(due_at=None)
    assert rechecking.sweep(at=at) == 1
    offer.refresh_from_db()
    return offer


@pytest.mark.django_db
def test_it_takes_price_and_stock_and_says_when(shop: Shop, now: datetime) -> None:
    link = shop.sells("/coat", price="250.50", availability="https://schema.org/InStock")
    offer = look(offered(link, price="240.00", tries=3), now)
    assert (offer.price, offer.currency, offer.in_stock) == (Decimal("250.50"), "GBP", True)
    assert (offer.checked_at, offer.checked_by, offer.link_state, offer.tries) == (now, None, "fine", 0)
    assert offer.due_at is not None
    assert rechecking.EVERY * 0.9 <= offer.due_at - now <= rechecking.EVERY * 1.1
    assert [(kept.price, kept.person) for kept in offer.prices.all()] == [(offer.price, None)]
    assert Event.objects.get().payload == {"product_id": offer.product_id}
    assert shop.asked == ["/coat"]
    assert "price check" in shop.agents[0]
    shop.sells("/coat", price="250.50", availability="OutOfStock")
    assert look(offer, now + timedelta(hours=12)).in_stock is False
    assert offer.prices.count() == 1


@pytest.mark.django_db
def test_readers_see_it_with_their_next_visit(shop: Shop, client: Client) -> None:
    now = timezone.now()
    offer = offered(shop.sells("/coat", price="260"), checked_at=now)
    placed = make.product_placement(offer.product)
    story = make.published_story(body=f'<div data-block="product" data-id="{placed.pk}"></div>')
    assert "£240.00" in client.get(story.path).content.decode()
    look(offer, now)
    assert "£260.00" in client.get(story.path).content.decode()


@pytest.mark.django_db
def test_links_that_are_dead_or_lead_elsewhere_are_found(shop: Shop, now: datetime) -> None:
    page = product_page(price="240")
    for path in ("/coats/riding", "/hats/straw", "/"):
        shop.pages[path] = Answer(page)
    shop.pages["/gone"] = Answer("Gone", 410)
    expected = {
        f"{shop.origin}/nothing": ("gone", "404"),
        f"{shop.origin}/gone": ("gone", "410"),
        shop.leads("/old-front", "/"): ("moved", "front page"),
        shop.leads("/old", f"{shop.origin}/hats/straw", 302): ("moved", "/hats/straw"),
        shop.leads("/away", f"{shop.origin.replace('127.0.0.1', 'localhost')}/coats/riding"): (
            "moved",
            "not Local Shop’s",
        ),
        shop.leads("/coats/riding/", "/coats/riding"): ("fine", ""),
        f"{shop.origin}/coats/riding?size=m": ("gone", "404"),
    }
    wrong = {}
    for link, (state, words) in expected.items():
        offer = look(offered(link, price="240.00"), now)
        if offer.link_state != state or words not in offer.link_note:
            wrong[link] = (offer.link_state, offer.link_note)
        # Only the product's own page says that its price was checked.
        if (offer.checked_at == now) != (state == "fine"):
            wrong[f"{link} checked"] = (str(offer.checked_at), "")
    assert not wrong
    assert Event.objects.filter(kind="product.changed").count() == len(expected)


@pytest.mark.django_db
def test_an_unknown_name_is_gone_when_it_stays_so(now: datetime) -> None:
    shop = make.merchant("Closed Shop", hosts=("closed.invalid",), recheck="schema.org")
    offer = offered("http://closed.invalid/coat", merchant=shop)
    states = [look(offer, now).link_state for _ in range(3)]
    assert states in (["unknown", "unknown", "gone"], ["unknown"] * 3), states
    if states[-1] == "unknown":  # this machine has no name server that says no
        assert "name server" in offer.link_note


@pytest.mark.django_db
def test_a_failed_try_comes_back_later_each_time(shop: Shop, now: datetime) -> None:
    shop.pages["/busy"] = Answer("Busy", 503)
    offer, waits = offered(f"{shop.origin}/busy"), []
    for _ in range(9):
        look(offer, now)
        assert offer.due_at is not None
        waits.append(offer.due_at - now)
    assert waits[:3] == [timedelta(minutes=15), timedelta(minutes=30), timedelta(minutes=60)]
    assert waits[-1] == timedelta(hours=24)
    assert (offer.link_state, offer.link_note) == ("unknown", "The shop answers 503.")
    assert offer.checked_at == make.AT
    assert not Event.objects.exists()


@pytest.mark.django_db
def test_a_strange_price_waits_for_a_person(shop: Shop, now: datetime, client: Client) -> None:
    strange = (
        {"price": "360.01"},
        {"price": "119.99"},
        {"price": "240", "priceCurrency": "EUR"},
        {"price": "240", "priceCurrency": "CHF"},
    )
    for said in strange:
        offer = look(offered(shop.sells("/coat", **said), price="240.00"), now)
        held = (offer.held_price, offer.held_currency, offer.held_at)
        assert held == (Decimal(said["price"]), said.get("priceCurrency", "GBP"), now), said
        assert (offer.price, offer.currency, offer.checked_at) == (Decimal(240), "GBP", make.AT)
    for fine in ("360.00", "120.00"):
        assert look(offered(shop.sells("/coat", price=fine), price="240.00"), now).price == Decimal(fine)
    alice = person("reporter")
    client.force_login(alice)
    dear, _, euro, swiss = Offer.objects.order_by("pk")[:4]
    assert "The shop says £360.01" in client.get(f"/desk/products/{dear.product_id}/").content.decode()
    for waiting, price in ((dear, "360.01"), (euro, "240.00"), (swiss, None)):
        client.post(f"/desk/offers/{waiting.pk}/held/")
        waiting.refresh_from_db()
        assert (waiting.held_price is None) == (price is not None)
        assert price is None or str(waiting.price) == price
    assert (dear.checked_by, euro.currency, swiss.currency) == (alice, "EUR", "GBP")
    assert dear.checked_at == now, "when the shop said it, not when somebody pressed the button"
    shop.sells("/coat", price="240", priceCurrency="CHF")
    look(swiss, now + timedelta(days=2))
    assert swiss.held_at == now + timedelta(days=2), "the shop said it again"


@pytest.mark.django_db
def test_a_merchant_is_asked_no_oftener_than_agreed(shop: Shop, now: datetime) -> None:
    links = [shop.sells(f"/{number}", price="240") for number in range(3)]
    for link in links:
        offered(link)
    other = make.merchant("By hand", hosts=("127.0.0.1",))
    offered(f"{shop.origin}/by-hand", merchant=other)
    turns = [rechecking.sweep(at=now + timedelta(seconds=seconds)) for seconds in (0, 29, 30, 60, 90)]
    assert turns == [1, 0, 1, 1, 0]
    assert shop.asked == ["/0", "/1", "/2"]


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_look_at_one_merchant_together(shop: Shop, now: datetime) -> None:
    for number in range(4):
        offered(shop.sells(f"/{number}", price="240"))

    def sweep(_: int) -> int:
        try:
            return rechecking.sweep(at=now)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as workers:
        assert sum(workers.map(sweep, range(4))) == 1
    assert len(shop.asked) == 1


@pytest.mark.django_db(transaction=True)
def test_slow_shops_hold_one_worker_only(shop: Shop) -> None:
    offered(shop.sells("/coat", price="240"))

    def sweep() -> int:
        try:
            return rechecking.sweep_alone()
        finally:
            connections.close_all()

    with connection.cursor() as cursor, ThreadPoolExecutor(1) as worker:
        cursor.execute("SELECT pg_advisory_lock(%s)", [rechecking.LOCK])
        assert worker.submit(sweep).result() == 0
        cursor.execute("SELECT pg_advisory_unlock(%s)", [rechecking.LOCK])
        assert worker.submit(sweep).result() == 1
        assert worker.submit(sweep).result() == 0  # the merchant is asked again after its pause


@pytest.mark.django_db
def test_a_link_that_was_changed_meanwhile_keeps_what_people_wrote(shop: Shop, now: datetime) -> None:
    offer = offered(shop.sells("/coat", price="250"))
    claimed = rechecking._claim(now)
    assert claimed is not None
    Offer.objects.filter(pk=offer.pk).update(link=f"{shop.origin}/other")
    rechecking._look(claimed, now)
    offer.refresh_from_db()
    assert (offer.price, offer.link_state) == (Decimal(240), "unknown")


@pytest.mark.django_db
def test_our_own_servers_are_not_asked(shop: Shop, settings: LazySettings) -> None:
    """OWASP, server-side request forgery: also where a public name, or a redirect, leads inside."""
    settings.PRIVATE_SHOPS = False
    secret = shop.sells("/secret", price="1")
    inner = [
        secret,
        secret.replace("127.0.0.1", "localhost"),
        "http://127.0.0.1/",
        "http://127.1/",
        "http://2130706433/",
        "http://0.0.0.0/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[::ffff:10.0.0.1]/",
        "http://10.0.0.1/",
        "http://192.168.1.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[fd00::1]/",
        "http://[fe80::1%25lo]/",
        "http://224.0.0.1/",
        "file:///etc/passwd",
        "ftp://127.0.0.1/",
        "gopher://127.0.0.1/",
        "http://127.0.0.1:22/",
        "http://",
        "http://[",
    ]
    reached = []
    for address in inner:
        with suppress(Unreachable):
            reached.append((address, fetch(address)))
    assert not reached
    assert not shop.asked


def test_each_redirect_is_judged_anew(shop: Shop, settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first address is public by its name here; what it leads to is not."""
    secret = shop.sells("/secret", price="1")
    link = shop.leads("/out", secret)
    asked: list[str] = []
    judge = fetching._public

    def first_is_public(host: str, port: int, end: float) -> list[str]:
        asked.append(host)
        if len(asked) > 1:
            settings.PRIVATE_SHOPS = False
        return judge(host, port, end)

    monkeypatch.setattr(fetching, "_public", first_is_public)
    with pytest.raises(Unreachable, match="private network"):
        fetch(link)
    assert shop.asked == ["/out"]
    assert len(asked) == 2


@pytest.mark.django_db
@pytest.mark.parametrize("onward", ["http://[", "//[::", "http://a\x00b.example/", "/x\x00y", "http://\x00/"])
def test_a_shop_that_leads_to_no_address_holds_up_nobody(
    shop: Shop, now: datetime, monkeypatch: pytest.MonkeyPatch, onward: str
) -> None:
    get = fetching._get
    monkeypatch.setattr(
        fetching, "_get", lambda address, end: (302, onward, "") if address.endswith("/old") else get(address, end)
    )
    bad = offered(f"{shop.origin}/old")
    other = make.merchant("Other Shop", hosts=("127.0.0.1",), recheck="schema.org", pause=30)
    good = offered(shop.sells("/coat", price="250"), merchant=other)
    assert rechecking.sweep(at=now) == 2
    bad.refresh_from_db()
    good.refresh_from_db()
    assert "no" in bad.link_note
    assert good.price == Decimal(250)


def test_bad_manners_end_soon(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "LONGEST", 1.0)
    monkeypatch.setattr(fetching, "LARGEST", 10_000)
    shop.leads("/round", "/round")
    shop.pages["/large"] = Answer("x" * 10_001)
    shop.pages["/slow"] = Answer("x" * 1000, drip=0.1)
    shop.pages["/just"] = Answer("x" * 10_000)
    began = time.monotonic()
    for path, words in (("/round", "leads on"), ("/large", "larger"), ("/slow", "longer than")):
        with pytest.raises(Unreachable, match=words):
            fetch(f"{shop.origin}{path}")
    assert time.monotonic() - began < 10
    assert len(fetch(f"{shop.origin}/just").text) == 10_000
    shop.pages["/picture"] = Answer("x", headers={"Content-Type": "image/png"})
    assert fetch(f"{shop.origin}/picture").text == ""
    assert shop.asked.count("/round") == fetching.MOST_REDIRECTS + 1


@pytest.mark.django_db(transaction=True)
def test_the_new_price_purges_the_pages_that_show_it(
    shop: Shop, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Promise 22: through the outbox, from the transaction that stores the price."""
    purged: list[tuple[str, ...]] = []
    monkeypatch.setattr(handlers, "purge", lambda *tags, gone=False: purged.append(tags))
    offer = look(offered(shop.sells("/coat", price="250")), now)
    assert not purged
    outbox.relay()
    assert purged == [(f"product:{offer.product_id}",)]


@pytest.mark.django_db
def test_what_one_shop_sends_holds_up_no_other(shop: Shop, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    """PostgreSQL keeps no NUL; and a mistake of ours in reading one page must not end the sweep for all the others."""
    shop.pages["/a%00b"] = Answer(product_page(price="240"))
    offer = look(offered(shop.leads("/odd", "/a\x00b")), now)
    assert (offer.link_state, "\x00" in offer.link_note, "leads to" in offer.link_note) == ("unknown", False, True)
    offered(shop.sells("/first", price="240"), due_at=now - timedelta(hours=2))
    fine = make.merchant("Second Shop", hosts=("127.0.0.1",), recheck="schema.org")
    second = offered(shop.sells("/second", price="250"), merchant=fine, due_at=now - timedelta(hours=1))
    fetched = rechecking.fetching.fetch

    def breaking(address: str) -> Any:
        if address.endswith("/first"):
            raise RecursionError("a page that nobody thought of")
        return fetched(address)

    monkeypatch.setattr(rechecking.fetching, "fetch", breaking)
    Merchant.objects.update(next_request_at=None)
    assert rechecking.sweep(at=now) == 2
    second.refresh_from_db()
    assert second.price == Decimal(250)

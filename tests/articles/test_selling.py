"""Merchants at the desk: who sets what, what a link becomes, and what a change does not reach."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles import clicks, products, selling
from articles.models import Click, Merchant, Offer
from articles.refusals import Refused, Stale
from articles.selling import MerchantFacts
from newsroom.accounts.models import Person
from newsroom.audit.models import AuditRow
from newsroom.outbox.models import Event
from newsroom.pagecache import brief
from tests.asserts import page
from tests.factories import articles as make
from tests.factories.accounts import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def frank() -> Person:
    return person("administrator", name="Frank")


def facts(**other: Any) -> MerchantFacts:
    return MerchantFacts(**{"name": "Example Shop", "hosts": "shop.example", **other})


def test_hosts_are_read_as_people_paste_them(frank: Person) -> None:
    made = selling.add(
        person=frank,
        facts=facts(hosts="https://www.Shop.example/coats?x=1, *.deals.example;\n SHOP.example ", tag="?tag=ours-20"),
    )
    assert (made.hosts, made.tag, made.version) == (["deals.example", "shop.example"], "tag=ours-20", 1)
    assert products.link_rel("https://a.deals.example/x") == products.AFFILIATE_REL
    assert AuditRow.objects.get().action == "merchant.added"
    assert Event.objects.get().kind == "merchant.changed"


def test_what_cannot_be_is_refused_beside_its_field(frank: Person, settings: LazySettings) -> None:
    make.merchant("Other Shop", hosts=("other.example",))
    settings.ORIGIN = "https://news.longwalk.example"
    reporter, marketing = person("reporter"), person("marketing")
    wrong: list[Any] = []
    bad: list[tuple[str, Any]] = [
        *(("name", value) for value in (" ", "x" * 121, "other shop")),
        *(("hosts", value) for value in ("", " , ", "shop", "co.uk", "com", "127.0.0.1", "localhost", "shop..example",
          "sh op", "other.example", "longwalk.example", "https://www.other.example/", "x" * 300 + ".example",
          "http://[", " ".join(f"{n}.example" for n in range(51)))),
        *(("tag", value) for value in ("ours-20", "tag=", "=x", "tag=a b", "t=" + "x" * 120)),
        *(("tracking", value) for value in ("https://go.example/", "http://go.example/?u={url}", "https://{url}/", "x" * 501)),
        *(("pause", value) for value in (None, 0, 3601)),
        ("recheck", "by-magic"),
        *(("keeper", value) for value in (10**12, marketing.pk, person("legal").pk)),
    ]  # fmt: skip
    for name, value in bad:
        key = "keeper_id" if name == "keeper" else name
        try:
            selling.add(person=frank, facts=facts(**{key: value}))
            wrong.append((name, value))
        except Refused as refused:
            if list(refused.messages) != [name]:
                wrong.append((name, value, refused.messages))
    assert not wrong
    for other in (reporter, marketing, person("editor")):
        with pytest.raises(Refused, match="administrators"):
            selling.add(person=other, facts=facts())
    settings.PRIVATE_SHOPS = True
    assert selling.add(person=frank, facts=facts(hosts="localhost", keeper_id=reporter.pk)).keeper == reporter


def test_a_change_is_written_down_and_purges_where_the_hosts_changed(frank: Person) -> None:
    shop = make.merchant()
    with pytest.raises(Stale):
        selling.change(shop.pk, person=frank, expected_version=2, facts=facts(name="Another"))
    selling.change(shop.pk, person=frank, expected_version=1, facts=facts(tag="tag=desk-21", pause=60))
    assert not Event.objects.exists()
    row = AuditRow.objects.get()
    assert (row.action, row.facts["changes"]) == (
        "merchant.changed",
        {"tag": ["tag=desk-20", "tag=desk-21"], "pause": [30, 60]},
    )
    selling.change(shop.pk, person=frank, expected_version=2, facts=facts(tag="tag=desk-21", pause=60))
    assert AuditRow.objects.count() == 1  # nothing was changed
    selling.change(
        shop.pk, person=frank, expected_version=3, facts=facts(hosts="shop.example new.example", tag="tag=desk-21")
    )
    assert Event.objects.get().payload == {"merchant_id": shop.pk}
    assert products.merchant_of("https://www.new.example/") == "Example Shop"


def test_a_host_that_offers_lead_to_stays(frank: Person, alice: Person, now: datetime) -> None:
    shop = make.merchant(hosts=("shop.example", "old.example"))
    offer = make.product(merchant=shop, link="https://www.old.example/coat").offer  # type: ignore[attr-defined]
    with pytest.raises(Refused) as refused:
        selling.change(shop.pk, person=frank, expected_version=1, facts=facts())
    assert refused.value.messages == {"hosts": "1 offer leads to old.example. Change or end what leads there first."}
    Offer.objects.filter(pk=offer.pk).update(ended_at=now, ended_by=alice)
    selling.change(shop.pk, person=frank, expected_version=1, facts=facts())
    assert Merchant.objects.get().hosts == ["shop.example"]


def test_blocks_that_were_approved_lead_where_they_led(client: Client, frank: Person) -> None:
    shop = make.merchant(tracking="https://go.network.example/?m=1&u={url}", tag="")
    placed = make.product_placement(make.product(merchant=shop))
    make.published_story(body=f'<div data-block="product" data-id="{placed.pk}"></div>')
    before = client.get(f"/go/{placed.pk}/").headers["Location"]
    assert before.startswith("https://go.network.example/?m=1&u=https%3A")
    at = timezone.now()
    assert selling.standing(shop, at).earlier == 0
    selling.change(
        shop.pk,
        person=frank,
        expected_version=1,
        facts=facts(hosts="shop.example", tracking="https://new.example/?u={url}"),
    )
    assert client.get(f"/go/{placed.pk}/").headers["Location"] == before
    assert selling.standing(Merchant.objects.get(), at).earlier == 1
    assert clicks.address_of(make.product_placement(placed.product)).startswith("https://new.example/?u=")


def test_what_it_pays_is_kept_from_those_who_write(client: Client, frank: Person) -> None:
    shop = make.merchant(network="Awin", commission="Eight in a hundred, ask Nora.")
    address = f"/desk/merchants/{shop.pk}/"
    seen: dict[str, tuple[bool, bool, bool]] = {}
    for role in ("reporter", "picture_editor", "legal", "editor", "marketing", "administrator"):
        client.force_login(person(role))
        said = client.get(address).content.decode()
        listed = "Awin" in client.get("/desk/merchants/").content.decode()
        seen[role] = ("Nora" in said and listed, "Save what it pays" in said, 'name="hosts"' in said)
    assert seen == {
        **dict.fromkeys(("reporter", "picture_editor", "legal"), (False, False, False)),
        "editor": (True, False, False),
        "marketing": (True, True, False),
        "administrator": (True, True, True),
    }
    client.force_login(person("marketing"))
    asked = {"network": "Skimlinks", "commission": "Nine.", "expected_version": "1"}
    assert client.post(f"{address}terms/", asked).status_code == 302
    assert client.post(f"{address}terms/", asked | {"commission": "Ten, typed long."}).status_code == 409
    answer = client.post(f"{address}terms/", asked | {"expected_version": "2", "network": "x" * 121})
    assert (answer.status_code, "x" * 121 in answer.content.decode()) == (422, True)
    shop.refresh_from_db()
    assert (shop.network, shop.commission) == ("Skimlinks", "Nine.")
    row = AuditRow.objects.get(action="merchant.terms-changed")
    assert row.facts == {}


def test_what_a_link_becomes_is_shown_before_it_is_saved(client: Client, frank: Person) -> None:
    client.force_login(frank)
    shop = make.merchant(tag="")
    make.product(merchant=shop, link="https://shop.example/coats?a=b")
    form = {"name": "Example Shop", "hosts": "shop.example", "pause": "30", "try": "1", "expected_version": "1"}
    template = "https://go.network.example/?u={url}"
    address = f"/desk/merchants/{shop.pk}/"
    answer = client.post(address, form | {"tracking": template, "tag": "ref=us"}, headers={"HX-Request": "true"})
    root = page(answer)
    wanted = "https://go.network.example/?u=https%3A%2F%2Fshop.example%2Fcoats%3Fa%3Db%26ref%3Dus"
    assert root.one("strong").text == wanted
    assert not root.all("form")
    for tried, words in (
        ({"tracking": "https://go.network.example/"}, "exactly once"),
        ({"tag": "ours"}, "name and value"),
        ({"example": "javascript:alert(1)"}, "whole address"),
    ):
        assert words in client.post(address, form | tried, headers={"HX-Request": "true"}).content.decode()
    whole = client.post(address, form | {"tracking": template})  # without scripts: the form, with what was typed in it
    assert (whole.status_code, template in whole.content.decode(), "u=https%3A" in whole.content.decode()) == (
        200,
        True,
        True,
    )
    assert "shop.example/a-product" in client.post("/desk/merchants/new/", form).content.decode()
    shop.refresh_from_db()
    assert (shop.tracking, shop.version, AuditRow.objects.count()) == ("", 1, 0)
    for post, status in (
        (form | {"expected_version": "9"}, 409),
        (form | {"expected_version": "x"}, 409),
        (form | {"pause": "x"}, 422),
    ):
        post.pop("try")
        assert client.post(address, post).status_code == status, post


def test_the_page_says_how_its_offers_do_and_what_was_changed(
    client: Client, frank: Person, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(brief, "SECONDS", 600.0)
    now = timezone.now()
    shop = make.merchant(recheck="schema.org", pause=3600)
    sold: dict[str, Any] = {"merchant": shop, "checked_at": now}
    made = [
        make.product("Fresh", **sold),
        make.product("Old", merchant=shop, checked_at=now - timedelta(hours=49)),
        make.product("No price", **sold | {"price": None, "checked_at": None}),
        make.product("Dead", **sold, link_state="gone", in_stock=False),
        make.product("Held", **sold, held_price=9, held_currency="GBP", held_at=now),
        make.product("Ended", **sold, ended_at=now, ended_by=alice, in_stock=False),
    ]
    stands = selling.standing(shop, now)
    counted = (
        stands.sold,
        stands.ended,
        stands.fresh,
        stands.stale,
        stands.priceless,
        stands.out,
        stands.held,
        stands.dead,
    )
    assert counted == (5, 1, 3, 1, 1, 1, 1, 1)
    assert (stands.waiting, stands.due, stands.round) == (2, 5, timedelta(hours=5))
    placed = make.product_placement(made[0])
    story = make.published_story(body=f'<div data-block="product" data-id="{placed.pk}"></div>')
    Click.objects.create(placement=placed, story=story, day=now.date(), count=41)
    selling.change(
        shop.pk, person=frank, expected_version=1, facts=facts(recheck="schema.org", pause=3600, tag="tag=new-1")
    )
    client.force_login(frank)
    words = page(client.get(f"/desk/merchants/{shop.pk}/")).one("main").text
    for said in ("2 need a person", "41 clicks", "Frank changed a merchant", "Tag: tag=desk-20 tag=new-1", "None yet"):
        assert said in words, said
    client.force_login(person("reporter"))
    assert "41 clicks" not in page(client.get(f"/desk/merchants/{shop.pk}/")).one("main").text
    asked = []
    for _ in range(2):
        client.get(f"/desk/merchants/{shop.pk}/")
        with CaptureQueriesContext(connection) as captured:
            client.get(f"/desk/merchants/{shop.pk}/")
        asked.append(len(captured))
        for number in range(20):
            make.product(f"More {number}", **sold)
    assert asked[0] == asked[1] <= 12
    assert client.get("/desk/merchants/999999/").status_code == 404

"""A product's way through the desk, by its own buttons: into the library, looked at by the recheck, into a reader's
page, to the shop, and into marketing's totals."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.conf import LazySettings
from django.utils import timezone
from playwright.sync_api import expect

from articles import rechecking
from articles.models import Click, Offer, Story
from tests.browser import look_over
from tests.factories import articles as make
from tests.factories.accounts import person
from tests.shop import open_shop

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_from_the_library_to_the_shop(site: Any, settings: LazySettings) -> None:
    settings.PRIVATE_SHOPS = True
    now = timezone.now()
    with open_shop() as shop:
        make.merchant("Local Shop", hosts=("shop.example", "127.0.0.1"), recheck="schema.org", pause=1, tag="")
        make.merchant("Other Shop", hosts=("other.example",))
        link = shop.sells("/coat", price="119.00", availability="https://schema.org/OutOfStock")
        alice = person("reporter")
        window = site.page(alice)
        window.goto("/desk/products/new/")
        window.get_by_label("Maker").fill("Harrow & Vale")
        window.get_by_label("Product", exact=True).fill("Wool riding coat")
        window.get_by_label("Sold by").select_option(label="Local Shop")
        window.get_by_label("Link at the merchant").fill("https://elsewhere.example/coat")
        window.get_by_label("Price").fill("240")
        window.get_by_label("Currency").select_option("GBP")
        window.get_by_role("button", name="Add the product").click()
        expect(window.get_by_text("This address is not at Local Shop")).to_be_visible()
        expect(window.get_by_label("Maker")).to_have_value("Harrow & Vale")  # nothing typed is lost
        look_over(window, "product-refused")
        window.get_by_label("Link at the merchant").fill("https://shop.example/coat")
        window.get_by_role("button", name="Add the product").click()
        expect(window.get_by_text("is in the library")).to_be_visible()

        window.get_by_label("Sold by").select_option(label="Other Shop")
        window.get_by_label("Link at the merchant").fill("https://other.example/coat")
        window.get_by_label("Price").fill("230")
        window.get_by_label("Currency").select_option("GBP")
        window.get_by_role("button", name="Add the offer").click()
        expect(window.get_by_text("Other Shop’s offer is in the library")).to_be_visible()

        # The library takes no bare number for a host; the shop on this machine has no other name.
        Offer.objects.filter(merchant__name="Local Shop").update(link=link)
        assert rechecking.sweep() == 1
        offer = Offer.objects.get(merchant__name="Local Shop")
        placed = make.product_placement(offer.product, offer=offer)
        body = f'<p>Words.</p><div data-block="product" data-id="{placed.pk}"></div>'
        told = make.published_story(headline="What she wore on the riverbank", body=body)
        draft = make.story(headline="The coat, a second time", owner=alice, body=body)
        window.reload()
        expect(window.get_by_text("The shop says £119.00")).to_be_visible()
        expect(window.get_by_role("link", name="What she wore on the riverbank")).to_be_visible()
        look_over(window, "product")
        window.goto("/desk/products/needs/")
        expect(window.get_by_role("link", name="What she wore on the riverbank")).to_be_visible()
        look_over(window, "offers-waiting")
        window.get_by_role("button", name="Take £119.00").click()
        expect(window.get_by_text("Nothing needs you")).to_be_visible()
        window.goto(f"/desk/products/{offer.product_id}/")
        expect(window.get_by_role("button", name="Still £119.00")).to_be_visible()
        offer.refresh_from_db()
        assert (offer.price, offer.in_stock) == (Decimal(119), False)
        window.get_by_role("link", name="Local Shop").first.click()
        expect(window.get_by_role("heading", name="Prices so far")).to_be_visible()
        look_over(window, "offer")
        window.get_by_label("Why").fill("Sold out for good.")
        window.get_by_role("button", name="End the offer").click()
        window.get_by_role("link", name="Local Shop").first.click()
        expect(window.get_by_role("heading", name="It is not sold there any more")).to_be_visible()
        look_over(window, "offer-ended")
        window.get_by_role("button", name="Begin again").click()
        expect(window.get_by_text("Local Shop sells it again")).to_be_visible()
        Offer.objects.filter(pk=offer.pk).update(in_stock=False, link_state="fine")
        many(offer, told)
        window.goto("/desk/products/")
        expect(window.get_by_role("link", name="Older")).to_be_visible()
        look_over(window, "products-many")
        window.goto("/desk/products/?state=out")
        expect(window.get_by_role("link", name="Harrow & Vale Wool riding coat")).to_be_visible()
        look_over(window, "products")

        window.goto(f"/desk/stories/{draft.pk}/")
        window.get_by_role("tab", name="Products").click()
        expect(window.locator("#rail-products").get_by_text("Out of stock")).to_be_visible()
        look_over(window, "rail-products")

        reader = site.page(None)
        reader.goto(told.path)
        expect(reader.locator("aside.product")).to_contain_text("Out of stock")
        look_over(reader, "product-out-of-stock")
        shop.sells("/coat", price="119.00")
        reader.get_by_role("link", name="See it at Local Shop").click()
        reader.wait_for_url(link)
    Click.objects.create(placement=placed, story=told, day=(now - timedelta(days=2)).date(), count=41)
    marketing = site.page(person("marketing"))
    marketing.goto("/desk/clicks/?by=merchant")
    expect(marketing.get_by_role("cell", name="Local Shop")).to_be_visible()
    look_over(marketing, "clicks")
    marketing.get_by_role("link", name="By block").click()
    expect(marketing.get_by_role("cell", name="Brim Hat 99 at Local Shop")).to_be_visible()
    look_over(marketing, "clicks-many")
    marketing.get_by_role("link", name="By story").click()
    expect(marketing.get_by_role("cell", name="What she wore on the riverbank")).to_be_visible()
    with marketing.expect_download() as taken:
        marketing.get_by_role("link", name="Download as CSV").click()
    assert "What she wore on the riverbank" in taken.value.path().read_text(encoding="utf-8-sig")
    assert site.complaints == []


def many(offer: Offer, story: Story) -> None:
    """A library with a page and a half of products, each followed by readers."""
    at = timezone.now()
    for number in range(100):
        made = make.product(f"Hat {number}", maker="Brim", merchant=offer.merchant, checked_at=at)
        placed = make.product_placement(made)
        Click.objects.create(placement=placed, story=story, day=at.date(), count=number + 1)


def test_an_administrator_sees_what_a_link_becomes(site: Any) -> None:
    shop = make.merchant("Local Shop", hosts=("shop.example", "old.example"), recheck="schema.org")
    offer = make.product(merchant=shop, link="https://old.example/coat").offer  # type: ignore[attr-defined]
    many(offer, make.published_story(headline="What she wore on the riverbank"))
    frank = site.page(person("administrator"))
    frank.goto("/desk/merchants/")
    look_over(frank, "merchants")
    frank.get_by_role("link", name="Local Shop").click()
    becomes = frank.get_by_label("What a link becomes").locator("strong")
    frank.get_by_label("Tracking address").fill("https://go.network.example/?u=")
    expect(frank.get_by_text("Write {url} exactly once")).to_be_visible()
    frank.get_by_label("Tracking address").fill("https://go.network.example/?u={url}")
    expect(becomes).to_have_text(re.compile(r"https://go\.network\.example/\?u=https?%3A%2F%2F"))
    frank.get_by_label("Hosts").fill("shop.example")
    frank.get_by_role("button", name="Save", exact=True).click()
    expect(frank.get_by_text("1 offer leads to old.example")).to_be_visible()
    look_over(frank, "merchant-refused")
    frank.get_by_label("Hosts").fill("shop.example old.example")
    frank.get_by_role("button", name="Save", exact=True).click()
    expect(frank.get_by_text("tracking address of their day").first).to_be_visible()
    expect(frank.get_by_text("changed a merchant")).to_be_visible()
    look_over(frank, "merchant")
    assert site.complaints == []

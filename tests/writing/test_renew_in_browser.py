"""The library's product has changed: the block in the text keeps its details until somebody takes the new ones."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from articles.models import Product, ProductPlacement
from newsroom import blocks
from tests.browser import Site, look_over
from tests.factories import articles as stories
from tests.writing.conftest import make_desk
from tests.writing.screen import open_desk, save

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def placed(desk: Any) -> ProductPlacement:
    (reference,) = blocks.references(desk.head.body)
    return ProductPlacement.objects.get(pk=reference.id)


def test_taking_the_librarys_new_details(site: Site) -> None:
    product = stories.product()
    hat = stories.product("Straw hat")
    first = stories.product_placement(product)
    desk = make_desk(body=f'<p>First words.</p><div data-block="product" data-id="{first.pk}"></div>')
    page = open_desk(site, desk)
    card, dialog = page.locator('[data-block="product"]'), page.locator("#picker-product")
    card.locator("[data-card=edit]").click()
    expect(dialog.get_by_label("What it is")).to_have_value(first.blurb)
    expect(dialog.get_by_label("Take the library’s new details")).to_be_hidden()
    dialog.get_by_role("button", name="Cancel").click()

    Product.objects.filter(pk=product.pk).update(title="Long coat")
    card.locator("[data-card=edit]").click()
    box = dialog.get_by_label("Take the library’s new details")
    expect(dialog).to_contain_text("By now it says otherwise: name “Long coat”.")
    dialog.locator(f"[name=choice][value='{hat.offer.pk}']").check()
    expect(box).to_be_hidden()  # another product has no old details to renew
    dialog.locator(f"[name=choice][value='{product.offer.pk}']").check()
    expect(box).to_be_visible()
    dialog.get_by_label("What it is").fill("Warm.")
    dialog.locator("[data-place]").click()
    expect(dialog).to_be_hidden()
    save(page)
    assert (placed(desk).title, placed(desk).blurb) == (first.title, "Warm.")

    card.locator("[data-card=edit]").click()
    box.check()
    look_over(page, "renew-product")
    dialog.locator("[data-place]").click()
    expect(dialog).to_be_hidden()
    expect(card).to_contain_text("Long coat")
    save(page)
    assert (placed(desk).title, placed(desk).blurb) == ("Long coat", "Warm.")
    assert ProductPlacement.objects.count() == 3
    assert not site.complaints

"""What products asked before offers were rows of their own."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.db import connection

from articles.models import Offer, OfferPrice, ProductPlacement
from tests.factories import articles as make

# The columns that the migration reads, as they were; later migrations' columns fill themselves.
BEFORE = """
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE articles_productplacement DISABLE TRIGGER articles_productplacement_fixed;
UPDATE articles_productplacement SET offer_id = NULL;
ALTER TABLE articles_product ADD merchant_id bigint, ADD link text, ADD price numeric(9,2), ADD currency text,
    ADD price_checked_at timestamptz;
UPDATE articles_product AS product SET merchant_id = offer.merchant_id, link = offer.link, price = offer.price,
    currency = offer.currency, price_checked_at = offer.checked_at
  FROM articles_offer AS offer WHERE offer.product_id = product.id;
DELETE FROM articles_offer;
ALTER TABLE articles_offer ALTER held_currency SET DEFAULT '', ALTER tries SET DEFAULT 0;
SET CONSTRAINTS ALL IMMEDIATE;
"""


@pytest.mark.django_db
def test_a_product_keeps_what_it_asked_and_a_block_the_price_it_showed() -> None:
    """A block whose link leads to another shop than the library's showed no price, and shows none now."""
    shop = make.merchant(hosts=("www.Shop.example", "*.other.example"))
    coat = make.product(merchant=shop)
    hat = make.product("Straw hat", merchant=shop, price=None)
    links = {
        "https://shop.example/coat": True,
        "HTTPS://www.SHOP.example:443/coat?a=b": True,
        "https://deals.other.example/": True,
        "https://notshop.example/": False,
        "https://elsewhere.example/shop.example": False,
        "https://shop.example@elsewhere.example/": False,
    }
    said = make.product_placement(coat)
    details = {name: getattr(said, name) for name in ("maker", "title", "merchant", "tag", "created_by", "created_at")}
    placed = {link: ProductPlacement.objects.create(product=coat, link=link, **details).pk for link in links}
    with connection.cursor() as cursor:
        cursor.execute(BEFORE)
        cursor.execute(import_module("articles.migrations.0012_products").FILL)
    first, second = Offer.objects.order_by("pk")
    assert (first.product, first.merchant, first.price, first.currency) == (coat, shop, 240, "GBP")
    assert (first.checked_at, first.link) == (make.AT, "https://shop.example/coats/riding")
    assert (second.product, second.price, second.checked_at) == (hat, None, None)
    assert [(kept.offer, kept.price) for kept in OfferPrice.objects.all()] == [(first, 240)]
    named = dict(ProductPlacement.objects.filter(pk__in=placed.values()).values_list("link", "offer"))
    assert named == {link: first.pk if leads else None for link, leads in links.items()}

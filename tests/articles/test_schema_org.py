"""What merchants' pages say of their price in schema.org's words."""

from __future__ import annotations

import time
from typing import Any

from articles import connectors
from articles.fetching import Page
from articles.models import Merchant
from tests.shop import product_page


def read(html: str) -> Any:
    connector = connectors.get("schema.org")
    assert connector is not None
    found = connector.read(Page(200, "https://shop.example/coat", (), html))
    return (str(found.price), found.currency, found.in_stock) if found else None


def test_what_pages_say_is_read_and_what_they_mumble_is_not() -> None:
    def ld(told: str) -> str:
        return f'<script type="application/ld+json">{told}</script>'

    microdata = (
        '<div itemscope itemtype="https://schema.org/Product"><div itemprop="offers" itemscope '
        'itemtype="https://schema.org/Offer"><meta itemprop="priceCurrency" content="GBP">£<span itemprop="price">19.95'
        '</span><link itemprop="availability" href="https://schema.org/SoldOut"></div></div>'
    )
    pages = {
        product_page(price=240): ("240.00", "GBP", None),
        product_page(price="1,299.00", availability="http://schema.org/InStock"): ("1299.00", "GBP", True),
        product_page(price="9.5", availability="Discontinued"): ("9.50", "GBP", False),
        product_page(priceSpecification={"price": "12", "priceCurrency": "EUR"}, priceCurrency=None): ("12.00", "EUR", None),
        product_page(lowPrice="30", highPrice="50"): ("30.00", "GBP", None),
        ld('{"@type":"Product","offers":[{"price":"30","priceCurrency":"GBP","availability":"InStock"},'
           '{"price":"20","priceCurrency":"GBP","availability":"OutOfStock"}]}'): ("30.00", "GBP", True),
        ld("{not json") + product_page(price="7"): ("7.00", "GBP", None),
        microdata: ("19.95", "GBP", False),
        ld('{"@type":"Article","offers":{"price":"30","priceCurrency":"GBP"}}'): None,
        product_page(price="0"): None,
        product_page(price="-1"): None,
        product_page(price="1.299,00"): None,
        product_page(price="from 20"): None,
        product_page(price="NaN"): None,
        product_page(price="1e99"): None,
        product_page(price=True): None,
        product_page(price="99999999999"): None,
        product_page(price="20", priceCurrency="£"): None,
        ld("[" * 100_000): None,
        ld('{"@type":"Product","offers":"https://x"}'): None,
        '<p itemprop="price">19.95</p>': None,
        "<![": None,
        "<!-- " + product_page(price="3"): None,
        "<a <p title='>" * 3 + "'>" + product_page(price="4"): ("4.00", "GBP", None),
        '<SCRIPT Type = "application/LD+json" async>{"@type":"Product","offers":{"price":5,"priceCurrency":"GBP"}}</SCRIPT >':
            ("5.00", "GBP", None),
        "<textarea>" + product_page(price="6") + "</textarea>": None,
        '<script>"<b itemprop=price>"</script><style><a</style>' + product_page(price="8"): ("8.00", "GBP", None),
        microdata.replace("19.95", "1&#57;.95"): ("19.95", "GBP", False),
        "": None,
    }  # fmt: skip
    assert {page[-60:]: read(page) for page in pages} == {page[-60:]: said for page, said in pages.items()}


def test_no_page_takes_long() -> None:
    """Parsers that go back over what was never closed take many minutes for some of these; a page may be twenty times as large."""
    hostile = (
        "<a ",
        "<!--",
        "<!--a--!",
        '<a b="',
        "<a b='",
        "<",
        '"',
        "a=",
        "<script>",
        "<title><",
        "[",
        '{"a":',
        "<p>" * 9,
    )
    slow = {}
    for before in ("", "<a ", '<script type="application/ld+json">', '<script type="application/ld+json">['):
        for piece in hostile:
            began = time.process_time()
            assert read(before + piece * (100_000 // len(piece))) is None
            if (took := time.process_time() - began) > 2:
                slow[before + piece] = took
    wide = '<script type="application/ld+json">[' + "[]," * 100_000 + "1]</script>"
    began = time.process_time()
    assert read(wide) is None
    assert time.process_time() - began < 2
    assert not slow


def test_every_way_that_a_merchant_can_name_has_a_connector() -> None:
    choices = {value for value, _ in Merchant._meta.get_field("recheck").choices or () if value}
    assert choices == connectors.names()

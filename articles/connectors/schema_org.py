"""schema.org Offer data on a merchant's page: JSON-LD (https://schema.org/Offer, /AggregateOffer), else microdata.

Of several offers of one product (sizes, sellers) the lowest price is read: "from" is what a reader of a price without
a size understands, and what AggregateOffer's lowPrice says.
"""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from html import unescape
from typing import Any

from articles.connectors.found import Found
from articles.connectors.scanning import tags
from articles.fetching import Page

MOST_NODES = 5_000
LONGEST_VALUE = 500  # characters of a property
_HIGHEST = Decimal("9999999.99")
_PRODUCTS = {"Product", "ProductModel", "IndividualProduct", "ProductGroup", "Book"}
_HERE = {"InStock", "LimitedAvailability", "OnlineOnly", "PreOrder", "PreSale", "BackOrder", "MadeToOrder"}
_PROPERTIES = {"price", "lowPrice", "priceCurrency", "availability"}
_GONE = {"OutOfStock", "SoldOut", "Discontinued", "InStoreOnly"}


class SchemaOrg:
    name = "schema.org"

    def read(self, page: Page) -> Found | None:
        told, properties = False, {}
        for tag in tags(page.text):
            given = tag.attributes
            if tag.name == "script":
                if given.get("type", "").strip().lower() == "application/ld+json" and (found := _of_script(tag.text)):
                    return found
                continue
            told = told or "schema.org/" in given.get("itemtype", "")
            for name in given.get("itemprop", "").split() if told else ():
                if name in _PROPERTIES and name not in properties:
                    value = given.get("content") or given.get("href") or given.get("value") or tag.text
                    if value := unescape(value[:LONGEST_VALUE]).strip():
                        properties[name] = value
        return _offer(properties)


def _of_script(script: str) -> Found | None:
    try:
        told = json.loads(script, parse_float=Decimal, parse_int=Decimal)
    except (ValueError, RecursionError, InvalidOperation):
        return None
    for node in _nodes(told):
        if _types(node) & _PRODUCTS:
            found = [offer for offer in map(_offer, _offers(node)) if offer]
            if found:
                here = [offer for offer in found if offer.in_stock is not False] or found
                return min(here, key=lambda offer: offer.price)
    return None


def _nodes(told: Any) -> Iterator[dict[str, Any]]:
    """Every object, the outer ones first."""
    waiting, seen = deque([told]), 0  # a list is moved along at each step: minutes for a page of brackets
    while waiting and seen < MOST_NODES:
        node, seen = waiting.popleft(), seen + 1
        if isinstance(node, dict):
            yield node
            waiting += [value for value in node.values() if isinstance(value, dict | list)]
        elif isinstance(node, list):
            waiting += node


def _types(node: dict[str, Any]) -> set[str]:
    said = node.get("@type")
    return {str(kind).rpartition("/")[2] for kind in (said if isinstance(said, list) else [said])}


def _offers(product: dict[str, Any]) -> Iterator[dict[str, Any]]:
    said = product.get("offers")
    for offer in said if isinstance(said, list) else [said]:
        if isinstance(offer, dict):
            yield offer


def _offer(said: dict[str, Any]) -> Found | None:
    inner = said.get("priceSpecification")
    inner = inner[0] if isinstance(inner, list) and inner else inner
    inner = inner if isinstance(inner, dict) else {}
    price = _price(said.get("price") or said.get("lowPrice") or inner.get("price"))
    currency = str(said.get("priceCurrency") or inner.get("priceCurrency") or "").strip().upper()
    if price is None or not re.fullmatch(r"[A-Z]{3}", currency):
        return None
    stock = str(said.get("availability") or "").rstrip("/").rpartition("/")[2]
    return Found(price, currency, True if stock in _HERE else False if stock in _GONE else None)


def _price(said: Any) -> Decimal | None:
    """schema.org: a point between whole and part, no sign of the currency. "1,299.00" is common all the same."""
    text = str(said).strip() if isinstance(said, str | Decimal) else ""
    if not re.fullmatch(r"\d{1,3}(,\d{3})+(\.\d{1,4})?|\d{1,9}(\.\d{1,6})?", text):
        return None
    amount = Decimal(text.replace(",", "")).quantize(Decimal("0.01"))
    return amount if 0 < amount <= _HIGHEST else None

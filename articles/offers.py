"""What readers are told of a product's price, and where its link leads.

A price is shown with its currency and when it was checked, and not at all once it is stale (promise 16): an old price
under a link that earns us money would mislead.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from articles.models import Product

PRICE_KEPT = timedelta(hours=48)
SIGNS = {"GBP": "£", "EUR": "€", "USD": "$"}


def shown_until(product: Product) -> datetime | None:
    """The moment from which the price is stale; None where there is no price."""
    if product.price is None or product.price_checked_at is None:
        return None
    return product.price_checked_at + PRICE_KEPT


def price(product: Product, at: datetime) -> str:
    """The price as printed ("£10.85"), or "" where there is none or it is stale at ``at``."""
    until = shown_until(product)
    if until is None or at >= until:
        return ""
    assert product.price is not None
    return money(product.price, product.currency)


def money(amount: Decimal, currency: str) -> str:
    """An amount with its currency: "£10.85", "£1,250" for whole pounds from a thousand, "CHF 20.00" without a sign.

    amount: in the currency's main unit. currency: ISO 4217.
    """
    written = f"{amount:,.2f}"
    if amount >= 1000:
        written = written.removesuffix(".00")
    sign = SIGNS.get(currency)
    return f"{sign}{written}" if sign else f"{currency} {written}"


def link(address: str, tag: str) -> str:
    """A product's link with the merchant's tracking tag ("tag=ours-20"); what the link says already is kept."""
    if not tag:
        return address
    parts = urlsplit(address)
    had = parse_qsl(parts.query, keep_blank_values=True)
    names = {name for name, _ in had}
    added = [(name, value) for name, value in parse_qsl(tag.lstrip("?&")) if name not in names]
    if not added:
        return address
    query = "&".join(filter(None, [parts.query, urlencode(added)]))
    return urlunsplit(parts._replace(query=query))

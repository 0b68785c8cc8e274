"""What readers are told of an offer's price.

A price is shown with its currency and when it was checked, and not at all once it is stale (promise 16): an old price
under a link that earns us money would mislead.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from articles.models import Offer

PRICE_KEPT = timedelta(hours=48)
SIGNS = {"GBP": "£", "EUR": "€", "USD": "$"}


def shown_until(offer: Offer) -> datetime | None:
    """The moment from which the price is stale; None where there is no price."""
    if offer.price is None or offer.checked_at is None:
        return None
    return offer.checked_at + PRICE_KEPT


def price(offer: Offer, at: datetime) -> str:
    """The price as printed ("£10.85"), or "" where there is none, it is stale at ``at``, or the offer has ended."""
    until = shown_until(offer)
    if until is None or at >= until or offer.ended_at is not None:
        return ""
    assert offer.price is not None
    return money(offer.price, offer.currency)


def money(amount: Decimal, currency: str) -> str:
    """An amount with its currency: "£10.85", "£1,250" for whole pounds from a thousand, "CHF 20.00" without a sign.

    amount: in the currency's main unit. currency: ISO 4217.
    """
    written = f"{amount:,.2f}"
    if amount >= 1000:
        written = written.removesuffix(".00")
    sign = SIGNS.get(currency)
    return f"{sign}{written}" if sign else f"{currency} {written}"


@dataclass(frozen=True)
class Row:
    """An offer as the desk's lists show it. money: "£240.00" or "". stale: readers no longer see that price. held: a price
    that waits for a person."""

    offer: Offer
    money: str
    stale: bool
    link_words: str
    held: str = ""

    @property
    def link_bad(self) -> bool:
        return not self.ended and self.offer.link_state in (Offer.Link.GONE, Offer.Link.MOVED)

    @property
    def ended(self) -> bool:
        return self.offer.ended_at is not None

    @property
    def sold_out(self) -> bool:
        return self.offer.in_stock is False and not self.ended


def row(offer: Offer, at: datetime) -> Row:
    """An offer with its price in words. No query."""
    said = money(offer.price, offer.currency) if offer.price is not None else ""
    held = money(offer.held_price, offer.held_currency) if offer.held_price is not None else ""
    stale = bool(said) and offer.ended_at is None and not price(offer, at)
    return Row(offer, said, stale, offer.get_link_state_display(), held)

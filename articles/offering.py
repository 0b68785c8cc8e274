"""What merchants ask for a product: one offer for each merchant, and its price with who saw it when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from articles import merchants, typed
from articles.access import may
from articles.events import PRODUCT_CHANGED
from articles.models import Merchant, Offer, OfferPrice, Product
from articles.refusals import Refused, Stale
from newsroom import audit
from newsroom.accounts.models import Person
from newsroom.outbox import record

_HIGHEST = Decimal("9999999.99")
STOCK = {"": None, "yes": True, "no": False}


@dataclass(frozen=True)
class OfferFacts:
    """What the form asks; everything as typed. price: "" for none. currency: ISO 4217. in_stock: "", "yes" or "no"."""

    merchant_id: int | None
    link: str
    price: str = ""
    currency: str = Offer.Currency.USD
    in_stock: str = ""


def add(product_id: int, *, person: Person, facts: OfferFacts, at: datetime) -> Offer:
    """Note what another merchant asks for a product; a price typed now was checked now.

    Raises:
        Refused: by field (merchant, link, price, currency, in_stock), or the person does not write.
    """
    writer(person)
    messages: dict[str, str] = {}
    values = checked(facts, messages)
    if messages:
        raise Refused(messages)
    try:
        with transaction.atomic():
            product = Product.objects.get(pk=product_id)
            made = store(product, values, person=person, at=at)
            audit.note(person, "offer.added", f"offer:{made.pk}")
    except IntegrityError as error:
        if "articles_offer_once" not in str(error):
            raise
        raise Refused(
            {"merchant": "This merchant’s offer is there already. Change that one, or begin it again."}
        ) from None
    return made


def change(offer_id: int, *, person: Person, expected_version: int, facts: OfferFacts, at: datetime) -> Offer:
    """Change an offer; saving its price says that it was checked at ``at``. Price, currency and stock reach pages that
    show it already; the link is the placement's and was approved with the story. The merchant stays.

    Raises:
        Refused: by field, as ``add``.
        Stale: somebody changed it meanwhile; nothing was written.
    """
    writer(person)
    messages: dict[str, str] = {}
    values = checked(facts, messages)
    with transaction.atomic():
        before = Offer.objects.select_for_update().select_related("merchant").filter(pk=offer_id).first()
        if before is None:
            raise Refused("There is no such offer.")
        _sold(before)
        if "merchant" not in messages and values["merchant_id"] != before.merchant_id:
            messages["merchant"] = f"This offer is {before.merchant.name}’s. Add another for another merchant."
        if messages:
            raise Refused(messages)
        if before.version != expected_version:
            raise Stale("Somebody changed this offer while you had it open. Your words are still in the form.")
        if values["link"] != before.link:
            values |= {
                "link_state": Offer.Link.UNKNOWN,
                "link_seen_at": None,
                "link_since": at,
                "link_note": "",
                "due_at": None,
                "tries": 0,
            }
        write(before, values, person=person, at=at)
        audit.note(person, "offer.changed", f"offer:{offer_id}")
    return Offer.objects.select_related("product", "merchant").get(pk=offer_id)


def check_price(offer_id: int, *, person: Person, price: str, currency: str, at: datetime) -> None:
    """Note what the merchant asks at ``at``.

    Raises:
        Refused: by field (price, currency), no such offer, or the person does not write.
    """
    writer(person)
    messages: dict[str, str] = {}
    amount = _amount(price, messages)
    if amount is None and not messages:
        messages["price"] = "Write the price that the merchant asks now."
    if currency not in Offer.Currency.values:
        messages["currency"] = "Choose a currency of the list."
    if messages:
        raise Refused(messages)
    with transaction.atomic():
        before = Offer.objects.select_for_update().filter(pk=offer_id).first()
        if before is None:
            raise Refused("There is no such offer.")
        _sold(before)
        write(before, {"price": amount, "currency": currency}, person=person, at=at)


def take_held(offer_id: int, *, person: Person, at: datetime) -> None:
    """Take the price that the recheck found and did not take by itself.

    Raises:
        Refused: none waits (any more), its currency is none of ours, or the person does not write.
    """
    writer(person)
    with transaction.atomic():
        offer = Offer.objects.select_for_update().filter(pk=offer_id, held_price__isnull=False).first()
        if offer is None:
            raise Refused("No price waits for you here any more.")
        if offer.held_currency not in Offer.Currency.values:
            raise Refused(f"The library keeps no prices in {offer.held_currency}.")
        found = {"price": offer.held_price, "currency": offer.held_currency}
        # Checked when the shop's page said it, which may be days ago (promise 16).
        write(offer, found, person=person, at=offer.held_at or at)
        audit.note(person, "offer.held-taken", f"offer:{offer_id}")


def look_again(offer_id: int, *, person: Person) -> None:
    """Have the recheck look at the merchant's page next. Raises Refused for those who do not write."""
    writer(person)
    Offer.objects.filter(pk=offer_id, ended_at__isnull=True).update(due_at=None)


def _sold(offer: Offer) -> None:
    if offer.ended_at is not None:
        raise Refused("This offer has ended. Begin it again first.")


def listing(*, q: str = "") -> QuerySet[Offer]:
    """Offers that can be placed, with product and merchant, by product."""
    found = (
        Offer.objects.filter(ended_at__isnull=True)
        .select_related("product", "merchant")
        .order_by("product__maker", "product__title", "pk")
    )
    if q := typed.line(q)[:100]:
        found = found.filter(
            Q(product__maker__icontains=q) | Q(product__title__icontains=q) | Q(merchant__name__icontains=q)
        )
    return found


def store(product: Product, values: dict[str, Any], *, person: Person, at: datetime) -> Offer:
    """Write a new offer of what ``checked`` returned. Call it in a transaction."""
    dated = {"checked_at": at, "checked_by": person} if values["price"] is not None else {}
    made = Offer.objects.create(product=product, **values, **dated)
    _keep_price(made, person, at)
    return made


def write(offer: Offer, values: dict[str, Any], *, person: Person | None, at: datetime) -> None:
    """Change a locked offer: the price is dated, kept in its history, and pages that show it are drawn again."""
    before = (offer.price, offer.currency)
    for name, value in values.items():
        setattr(offer, name, value)
    offer.checked_at, offer.checked_by = (at, person) if offer.price is not None else (None, None)
    offer.held_price, offer.held_currency, offer.held_at = None, "", None  # somebody has looked, or it was taken
    offer.version += 1
    offer.save()
    if (offer.price, offer.currency) != before:
        _keep_price(offer, person, at)
    record(PRODUCT_CHANGED, product_id=offer.product_id)


def _keep_price(offer: Offer, person: Person | None, at: datetime) -> None:
    if offer.price is not None:
        OfferPrice.objects.create(offer=offer, price=offer.price, currency=offer.currency, at=at, person=person)


def writer(person: Person) -> None:
    """Raises Refused for those who do not write products."""
    if not may(person).write_products:
        raise Refused("Products are written by reporters and editors.")


def checked(facts: OfferFacts, messages: dict[str, str]) -> dict[str, Any]:
    """The offer's fields as they are kept; adds to ``messages`` what cannot be."""
    amount = _amount(facts.price, messages)
    if facts.currency not in Offer.Currency.values:
        messages["currency"] = "Choose a currency of the list."
    if facts.in_stock not in STOCK:
        messages["in_stock"] = "Choose one of the list."
    merchant = Merchant.objects.filter(pk=facts.merchant_id).first() if facts.merchant_id else None
    if merchant is None:
        messages["merchant"] = "Choose who sells it."
    link = merchants.shop_address(facts.link)
    if link is None or len(link) > 1000:
        messages["link"] = "Give the whole address, beginning with https://."
    elif merchant and not merchants.sells(merchant, link):
        messages["link"] = f"This address is not at {merchant.name} ({', '.join(merchant.hosts)})."
    return {
        "merchant_id": facts.merchant_id,
        "link": link,
        "price": amount,
        "currency": facts.currency,
        "in_stock": STOCK.get(facts.in_stock),
    }


def _amount(text: str, messages: dict[str, str]) -> Decimal | None:
    text = typed.line(text).replace(",", "").lstrip("£$€ ")
    if not text:
        return None
    try:
        amount = Decimal(text)
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or not 0 < amount <= _HIGHEST or amount != amount.quantize(Decimal("0.01")):
        messages["price"] = "Write a price such as 54 or 54.95."
        return None
    return amount

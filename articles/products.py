"""Things that readers can buy: the library, prices with their date, and which links earn the newsroom money."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from urllib.parse import urlsplit

from django.db import transaction
from django.db.models import F, Q, QuerySet

from articles import typed
from articles.access import may
from articles.events import MERCHANT_CHANGED, PRODUCT_CHANGED
from articles.models import Merchant, Product
from articles.refusals import Refused, Stale
from media_assets.models import Asset
from newsroom import audit
from newsroom.accounts.models import Person
from newsroom.outbox import record
from newsroom.pagecache import BriefCopy

AFFILIATE_REL = "sponsored nofollow noopener"  # Google's and the FTC's word for a paid link; promise 16
_HIGHEST = Decimal("9999999.99")


@dataclass(frozen=True)
class ProductFacts:
    """What the form asks; everything as typed. price: "" for none. currency: ISO 4217."""

    maker: str
    title: str
    merchant_id: int | None
    link: str
    price: str = ""
    currency: str = Product.Currency.USD
    blurb: str = ""
    picture_id: int | None = None


def add(*, person: Person, facts: ProductFacts, at: datetime) -> Product:
    """Put a product into the library; a price typed now was checked now.

    Raises:
        Refused: by field (maker, title, merchant, link, price, currency, blurb), or the person does not write.
    """
    values = _checked(person, facts)
    with transaction.atomic():
        product = Product.objects.create(**values, price_checked_at=at if values["price"] is not None else None)
        audit.note(person, "product.added", f"product:{product.pk}")
    return product


def change(product_id: int, *, person: Person, expected_version: int, facts: ProductFacts, at: datetime) -> Product:
    """Change a product; saving its price says that it was checked at ``at``. Only price and currency reach pages that
    show it already: picture, names, merchant and link are the placement's and were approved with the story.

    Raises:
        Refused: by field, as ``add``.
        Stale: somebody changed it meanwhile; nothing was written.
    """
    values = _checked(person, facts)
    with transaction.atomic():
        seen = Product.objects.filter(pk=product_id, version=expected_version)
        checked_at = at if values["price"] is not None else None
        if not seen.update(**values, price_checked_at=checked_at, version=F("version") + 1):
            raise Stale("Somebody changed this product while you had it open. Your words are still in the form.")
        record(PRODUCT_CHANGED, product_id=product_id)
        audit.note(person, "product.changed", f"product:{product_id}")
    return Product.objects.get(pk=product_id)


def check_price(product_id: int, *, person: Person, price: str, currency: str, at: datetime) -> None:
    """Note what the product costs at ``at``.

    Raises:
        Refused: by field (price, currency), no such product, or the person does not write.
    """
    _writer(person)
    messages: dict[str, str] = {}
    amount = _amount(price, messages)
    if amount is None and not messages:
        messages["price"] = "Write the price that the merchant asks now."
    if currency not in Product.Currency.values:
        messages["currency"] = "Choose a currency of the list."
    if messages:
        raise Refused(messages)
    with transaction.atomic():
        found = Product.objects.filter(pk=product_id)
        if not found.update(price=amount, currency=currency, price_checked_at=at, version=F("version") + 1):
            raise Refused("There is no such product.")
        record(PRODUCT_CHANGED, product_id=product_id)


def listing(*, q: str = "", merchant_id: int | None = None) -> QuerySet[Product]:
    """Products with merchant and picture, by maker and title."""
    found = Product.objects.select_related("merchant", "picture")
    if merchant_id is not None:
        found = found.filter(merchant_id=merchant_id)
    if q := typed.line(q)[:100]:
        found = found.filter(Q(maker__icontains=q) | Q(title__icontains=q) | Q(merchant__name__icontains=q))
    return found


def merchant_of(link: str) -> str | None:
    """The merchant whose host ``link`` leads to, by name; None for any other address.

    The hosts are kept in the process for a second, so that a page with many links asks once.
    """
    host = _host(link)
    if not host:
        return None
    for known, name in _hosts.get().items():
        if host == known or host.endswith(f".{known}"):
            return name
    return None


def sells(merchant: Merchant, link: str) -> bool:
    """Whether ``link`` leads to ``merchant``: to one of its hosts or below it."""
    host = _host(link)
    return any(host == known or host.endswith(f".{known}") for known in map(clean_host, merchant.hosts) if known)


def link_rel(href: str) -> str:
    """The value of rel for a link in running text: AFFILIATE_REL for a merchant's host or below it, else ""."""
    return AFFILIATE_REL if merchant_of(href) is not None else ""


def forget() -> None:
    """Ask for the merchants' hosts again at the next link."""
    _hosts.forget()


def _read_hosts() -> dict[str, str]:
    rows = Merchant.objects.values_list("name", "hosts")
    return {clean_host(host): name for name, hosts in rows for host in hosts if host}


_hosts = BriefCopy(_read_hosts)


def clean_host(host: str) -> str:
    return host.strip().lower().removeprefix("*.").removeprefix("www.").rstrip(".")


def _host(link: str) -> str:
    try:
        return clean_host(urlsplit(link.strip()).hostname or "")
    except ValueError:  # "http://[": no address at all, so no merchant's either
        return ""


def change_merchant(merchant: Merchant) -> None:
    """Save a merchant and have the pages that link to it rendered again."""
    merchant.hosts = sorted({host for host in map(clean_host, merchant.hosts) if host})
    with transaction.atomic():
        merchant.save()
        record(MERCHANT_CHANGED, merchant_id=merchant.pk)
    forget()


def _writer(person: Person) -> None:
    if not may(person).write_products:
        raise Refused("Products are written by reporters and editors.")


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


def _checked(person: Person, facts: ProductFacts) -> dict[str, object]:
    _writer(person)
    maker, title, blurb = typed.line(facts.maker), typed.line(facts.title), typed.lines(facts.blurb)
    messages: dict[str, str] = {}
    if not maker or len(maker) > 120:
        messages["maker"] = "Give the maker's name, up to 120 characters."
    if not title or len(title) > 200:
        messages["title"] = "Give the product's name, up to 200 characters."
    if len(blurb) > 1000:
        messages["blurb"] = "Keep the words about it to 1,000 characters."
    amount = _amount(facts.price, messages)
    if facts.currency not in Product.Currency.values:
        messages["currency"] = "Choose a currency of the list."
    merchant = Merchant.objects.filter(pk=facts.merchant_id).first() if facts.merchant_id else None
    if merchant is None:
        messages["merchant"] = "Choose who sells it."
    link = typed.web_address(facts.link)
    if link is None or len(link) > 1000:
        messages["link"] = "Give the whole address, beginning with https://."
    elif merchant and not sells(merchant, link):
        messages["link"] = f"This address is not at {merchant.name} ({', '.join(merchant.hosts)})."
    if facts.picture_id is not None and not Asset.objects.filter(pk=facts.picture_id).exists():
        messages["picture"] = "Choose a picture of the library."
    if messages:
        raise Refused(messages)
    return {
        "maker": maker,
        "title": title,
        "merchant_id": facts.merchant_id,
        "link": link,
        "price": amount,
        "currency": facts.currency,
        "blurb": blurb,
        "picture_id": facts.picture_id,
    }

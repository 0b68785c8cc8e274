"""Who sells, as the desk keeps it: a merchant's hosts, tracking, rechecks and terms, and how its offers do.

Hosts decide which links on every page are declared as paid, the tracking address where readers are led: an
administrator's. What a network pays is marketing's, and is kept from those who write about the goods (``access``).
Nothing here reaches a block that was approved: it carries the tag and the tracking address of its day.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Count, F, Max, Min, Q

from articles import connectors, merchants, offers, offers_waiting, tracking, typed
from articles.access import may
from articles.events import MERCHANT_CHANGED
from articles.models import Merchant, Offer, ProductPlacement, Reference, Story
from articles.refusals import Refused, Stale
from newsroom import audit
from newsroom.accounts.models import Person
from newsroom.outbox import record

_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z0-9-]{2,}")
# "co.uk" would make an advertisement of every British link.
_NOBODYS = re.compile(r"(?:ac|co|com|edu|gov|ltd|net|org|plc)\.[a-z]{2}")
MOST_HOSTS = 50
_STALE = "Somebody changed this merchant while you had it open. Your words are still in the form."


@dataclass(frozen=True)
class MerchantFacts:
    """What the form asks; everything as typed. hosts: by lines, blanks or commas. keeper_id: None for the editors."""

    name: str
    hosts: str
    tag: str = ""
    tracking: str = ""
    recheck: str = ""
    pause: int | None = 30
    keeper_id: int | None = None


def add(*, person: Person, facts: MerchantFacts) -> Merchant:
    """Enter a merchant; links to its hosts are declared as paid from now on.

    Raises:
        Refused: by field (name, hosts, tag, tracking, recheck, pause, keeper), or it is not this person's to do.
    """
    _must_set(person)
    values = _checked(facts, None)
    try:
        with transaction.atomic():
            made = Merchant.objects.create(**values)
            record(MERCHANT_CHANGED, merchant_id=made.pk)
            audit.note(person, "merchant.added", f"merchant:{made.pk}", name=made.name)
    except IntegrityError:
        raise _taken() from None
    merchants.forget()
    return made


def change(merchant_id: int, *, person: Person, expected_version: int, facts: MerchantFacts) -> None:
    """Change what an administrator sets; pages are drawn again where the hosts are others than before.

    Raises:
        Refused: by field, as ``add``; also where an offer leads to a host that was taken out.
        Stale: somebody changed it meanwhile; nothing was written.
    """
    _must_set(person)
    values = _checked(facts, merchant_id)
    try:
        with transaction.atomic():
            before = Merchant.objects.select_for_update().get(pk=merchant_id)
            if before.version != expected_version:
                raise Stale(_STALE)
            _keeps_its_offers(before, values["hosts"])
            changes = {
                name: [_shown(getattr(before, name)), _shown(value)]
                for name, value in values.items()
                if getattr(before, name) != value
            }
            Merchant.objects.filter(pk=merchant_id).update(**values, version=F("version") + 1)
            if "hosts" in changes:
                record(MERCHANT_CHANGED, merchant_id=merchant_id)
            if changes:
                audit.note(person, "merchant.changed", f"merchant:{merchant_id}", changes=changes)
    except IntegrityError:
        raise _taken() from None
    merchants.forget()


def change_terms(merchant_id: int, *, person: Person, expected_version: int, network: str, commission: str) -> None:
    """Change which network pays, and what was agreed. The record says that it was changed, not to what.

    Raises:
        Refused: by field (network, commission), or it is not this person's to do.
        Stale: as ``change``.
    """
    if not may(person).write_terms:
        raise Refused("What a merchant pays is marketing’s and administrators’ to write.")
    network, commission = typed.line(network), typed.lines(commission)
    messages = {}
    if len(network) > 120:
        messages["network"] = f"Keep it to 120 characters; it has {len(network)}."
    if len(commission) > 5000:
        messages["commission"] = f"Keep it to 5,000 characters; it has {len(commission):,}."
    if messages:
        raise Refused(messages)
    with transaction.atomic():
        seen = Merchant.objects.filter(pk=merchant_id, version=expected_version)
        if not seen.update(network=network, commission=commission, version=F("version") + 1):
            raise Stale(_STALE)
        audit.note(person, "merchant.terms-changed", f"merchant:{merchant_id}")


def becomes(facts: MerchantFacts, example: str) -> tuple[str, str]:
    """What a link to ``example`` becomes with this tag and tracking address, and what is wrong with them ("" for
    nothing). Nothing is written."""
    messages: dict[str, str] = {}
    tag, template = _tag(facts.tag, messages), _template(facts.tracking, messages)
    if messages:
        return "", " ".join(messages.values())
    address = merchants.shop_address(example)
    if address is None:
        return "", "Give a whole address of the shop, beginning with https://."
    return tracking.link(address, tag=tag, template=template), ""


@dataclass(frozen=True)
class Standing:
    """How a merchant's offers do at a moment. Counts of offers; ``earlier``: blocks with readers that carry another tag
    or tracking address than is set now. round: how long the recheck takes to ask for every page once."""

    sold: int
    ended: int
    fresh: int
    stale: int
    priceless: int
    out: int
    held: int
    dead: int
    moved: int
    silent: int
    waiting: int
    due: int
    last_seen: datetime | None
    next_due: datetime | None
    earlier: int
    round: timedelta


def standing(merchant: Merchant, at: datetime) -> Standing:
    """Three queries, whatever the number of offers."""
    sold = Q(ended_at__isnull=True)
    old = Q(price__isnull=False, checked_at__lte=at - offers.PRICE_KEPT)
    counted = {
        "sold": sold,
        "ended": ~sold,
        "fresh": sold & Q(price__isnull=False) & ~old,
        "stale": sold & old,
        "priceless": sold & Q(price__isnull=True),
        "out": sold & Q(in_stock=False),
        "held": sold & Q(held_price__isnull=False),
        "dead": sold & Q(link_state=Offer.Link.GONE),
        "moved": sold & Q(link_state=Offer.Link.MOVED),
        "silent": sold & Q(tries__gte=offers_waiting.SILENT),
        "due": sold & (Q(due_at__isnull=True) | Q(due_at__lte=at)),
    }
    found: dict[str, Any] = Offer.objects.filter(merchant=merchant).aggregate(
        **{name: Count("pk", filter=asked) for name, asked in counted.items()},
        last_seen=Max("link_seen_at"),
        next_due=Min("due_at", filter=sold),
    )
    theirs = ProductPlacement.objects.filter(offer__merchant=merchant)
    other = theirs.exclude(tag=merchant.tag, tracking=merchant.tracking).values("pk")
    seen = Reference.objects.filter(
        kind="product", placement_id__in=other, revision__published_in__readers=Story.Readers.PUBLISHED
    )
    return Standing(
        **found,
        waiting=offers_waiting.waiting(at).filter(merchant=merchant).count(),
        earlier=seen.count(),
        round=timedelta(seconds=merchant.pause * found["sold"]),
    )


def _must_set(person: Person) -> None:
    if not may(person).set_merchants:
        raise Refused("Merchants are entered and changed by administrators.")


def _taken() -> Refused:
    return Refused({"name": "There is a merchant of this name already."})


def _shown(value: Any) -> Any:
    return value.name if isinstance(value, Person) else value


def _checked(facts: MerchantFacts, merchant_id: int | None) -> dict[str, Any]:
    """The fields as they are kept. Raises Refused."""
    messages: dict[str, str] = {}
    name = typed.line(facts.name)
    if not name or len(name) > 120:
        messages["name"] = "Give the name as readers are told it, up to 120 characters."
    elif Merchant.objects.filter(name__iexact=name).exclude(pk=merchant_id or 0).exists():
        messages |= _taken().messages
    values = {
        "name": name,
        "hosts": _hosts(facts.hosts, merchant_id, messages),
        "tag": _tag(facts.tag, messages),
        "tracking": _template(facts.tracking, messages),
        "recheck": facts.recheck,
        "pause": facts.pause,
        "keeper": _keeper(facts.keeper_id, messages),
    }
    if facts.recheck and facts.recheck not in connectors.names():
        messages["recheck"] = "Choose one of the list."
    if facts.pause is None or not 1 <= facts.pause <= 3600:
        messages["pause"] = "Give seconds from 1 to 3,600."
    if messages:
        raise Refused(messages)
    return values


def _keeper(person_id: int | None, messages: dict[str, str]) -> Person | None:
    if person_id is None:
        return None
    found = Person.objects.filter(pk=person_id, is_active=True).first()
    if found is None or not may(found).write_products:
        messages["keeper"] = "Choose a reporter or an editor."
    return found


def _hosts(text: str, merchant_id: int | None, messages: dict[str, str]) -> list[str]:
    found = sorted({host for word in re.split(r"[\s,;]+", typed.lines(text)) if (host := _host(word))})
    local = {"localhost"} if settings.PRIVATE_SHOPS else set()
    ours = merchants.clean_host(urlsplit(settings.ORIGIN).hostname or "")
    if not found or len(found) > MOST_HOSTS:
        messages["hosts"] = f"Give at least one host, such as shop.example, and at most {MOST_HOSTS}."
    for host in found:
        if host not in local and (not _HOST.fullmatch(host) or len(host) > 253):
            messages["hosts"] = f"“{host}” is no host. Write it like shop.example, without https:// and a path."
        elif _NOBODYS.fullmatch(host):
            messages["hosts"] = f"“{host}” is no shop’s own: every link below it would become an advertisement."
        elif ours == host or ours.endswith(f".{host}"):
            messages["hosts"] = f"“{host}” is our own site: every link of ours would become an advertisement."
        elif (
            other := Merchant.objects.filter(hosts__contains=[host]).exclude(pk=merchant_id or 0).first()
        ) is not None:
            messages["hosts"] = f"“{host}” is {other.name}’s already."
    return found


def _host(word: str) -> str:
    """A host as typed, or out of a whole address that was pasted."""
    if "://" in word:
        try:
            word = urlsplit(word).hostname or word
        except ValueError:
            return word
    return merchants.clean_host(word)


def _tag(text: str, messages: dict[str, str]) -> str:
    tag = typed.line(text).lstrip("?&")
    named = parse_qsl(tag, keep_blank_values=True) if tag else []
    if tag and (not named or "=" not in tag or any(not name or not value for name, value in named) or " " in tag):
        messages["tag"] = "Write name and value, as they stand in the link: tag=ours-20."
    elif len(tag) > 120:
        messages["tag"] = f"Keep it to 120 characters; it has {len(tag)}."
    return tag


def _template(text: str, messages: dict[str, str]) -> str:
    template = typed.line(text)
    if len(template) > 500:
        messages["tracking"] = f"Keep it to 500 characters; it has {len(template)}."
    elif template:
        try:
            tracking.valid_template(template)
        except ValidationError as error:
            messages["tracking"] = " ".join(error.messages)
    return template


def _keeps_its_offers(merchant: Merchant, hosts: list[str]) -> None:
    """An offer whose link leads to no host of its merchant would show no price, and a link in a text would lose its
    mark as paid (promise 16)."""
    gone = {merchants.clean_host(host) for host in merchant.hosts} - set(hosts)
    if not gone:
        return
    now = Merchant(name=merchant.name, hosts=hosts)
    links = merchant.offers.filter(ended_at__isnull=True).values_list("link", flat=True)
    lost = sum(1 for link in links.iterator() if not merchants.sells(now, link))
    if lost:
        led = "1 offer leads" if lost == 1 else f"{lost:,} offers lead"
        raise Refused({"hosts": f"{led} to {', '.join(sorted(gone))}. Change or end what leads there first."})

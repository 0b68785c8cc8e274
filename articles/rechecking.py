"""Looking at merchants' pages again: prices, stock, and links that no longer lead to the product.

An offer is claimed by moving its next turn before the page is asked for, so a killed worker leaves nothing behind but
a later turn; the merchant's row carries the moment of the next request to it, however many workers there are.
"""

from __future__ import annotations

import logging
import random
import time
from datetime import datetime, timedelta
from decimal import Decimal
from urllib.parse import urlsplit

from django.db import DatabaseError, InterfaceError, connection, transaction
from django.db.models import F, Q
from django.utils import timezone

from articles import connectors, fetching, merchants, offering, typed
from articles.connectors import Found
from articles.events import OFFER_TURNED, PRODUCT_CHANGED
from articles.fetching import Page, Unreachable
from articles.models import Merchant, Offer
from newsroom.outbox import record

log = logging.getLogger(__name__)

EVERY = timedelta(hours=12)  # a price hides itself after 48 hours: three tries may fail
FIRST_WAIT = timedelta(minutes=15)
LONGEST_WAIT = timedelta(hours=24)
UNKNOWN_NAMES = 3  # a name that is unknown so often in a row is gone; once may be our own name server
SWEEP_SECONDS = 20.0
LOCK = 7_262_390_117  # of nobody else


def sweep_alone() -> int:
    """``sweep``, unless another worker is at it: slow shops must not hold all the workers that post letters. A worker
    that is killed gives the lock back with its connection."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return 0
    try:
        return sweep()
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


def sweep(*, limit: int = 20, at: datetime | None = None) -> int:
    """Look at offers whose turn it is; return how many. Any number of workers may sweep at once.

    at: the moment that turns are judged by, for tests; None asks the clock before each.
    """
    looked, end = 0, time.monotonic() + SWEEP_SECONDS
    while looked < limit and time.monotonic() < end and (offer := _claim(at or timezone.now())):
        looked += 1
        try:
            _look(offer, at or timezone.now())
        except (DatabaseError, InterfaceError):
            raise
        except Exception:  # what one shop sends must not keep us from the others; its next turn is set already
            log.exception("Offer %s could not be looked at.", offer.pk)
    return looked


def _claim(at: datetime) -> Offer | None:
    """The next offer whose turn it is, of a merchant that may be asked. Its next turn, and the merchant's, are set."""
    with transaction.atomic():
        due = Offer.objects.filter(
            Q(ended_at__isnull=True),
            Q(due_at__isnull=True) | Q(due_at__lte=at),
            Q(merchant__next_request_at__isnull=True) | Q(merchant__next_request_at__lte=at),
            merchant__recheck__in=connectors.names(),
        )
        offer = (
            due.select_for_update(of=("self", "merchant"), skip_locked=True)
            .select_related("merchant")
            .order_by(F("due_at").asc(nulls_first=True), "pk")
            .first()
        )
        if offer is None:
            return None
        offer.tries = min(offer.tries + 1, 1000)
        Offer.objects.filter(pk=offer.pk).update(tries=offer.tries, due_at=at + wait(offer.tries))
        Merchant.objects.filter(pk=offer.merchant_id).update(
            next_request_at=at + timedelta(seconds=offer.merchant.pause)
        )
    return offer


def wait(tries: int) -> timedelta:
    """How long until the next try after ``tries`` that failed."""
    return min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(tries - 1, 10))


def _look(offer: Offer, at: datetime) -> None:
    try:
        page = fetching.fetch(offer.link)
    except Unreachable as why:
        gone = why.name_unknown and offer.tries >= UNKNOWN_NAMES
        _note(offer, Offer.Link.GONE if gone else None, str(why), at)
        return
    if page.status in (404, 410):
        _note(offer, Offer.Link.GONE, f"The shop answers {page.status}: there is no such page.", at)
    elif page.status != 200:
        _note(offer, None, f"The shop answers {page.status}.", at)
    elif elsewhere := _leads_elsewhere(offer, page):
        _note(offer, Offer.Link.MOVED, elsewhere, at)
    else:
        connector = connectors.get(offer.merchant.recheck)
        found = connector.read(page) if connector else None
        if found is None:
            _note(offer, Offer.Link.FINE, "The page is there, and says no price that we can read.", at)
        else:
            _take(offer, found, at)


def _leads_elsewhere(offer: Offer, page: Page) -> str:
    """Where the link ended, when that is not the product's page: shops lead old links to the front page or to something
    like it. Scheme, "www." and a slash at the end may change, and what stands after "?"."""
    if not page.redirects:
        return ""
    if not merchants.sells(offer.merchant, page.address):
        return f"It now leads to {page.address[:900]}, which is not {offer.merchant.name}’s."
    asked, reached = (urlsplit(address).path.rstrip("/").lower() for address in (offer.link, page.address))
    if asked == reached:
        return ""
    if not reached:
        return f"It now leads to {offer.merchant.name}’s front page."
    return f"It now leads to {page.address[:900]}."


def held_back(offer: Offer, found: Found) -> bool:
    """Whether a person must look first: another currency, or a price changed by more than half."""
    if offer.price is None:
        return found.currency not in Offer.Currency.values
    if found.currency != offer.currency:
        return True
    return found.price > offer.price * Decimal("1.5") or found.price < offer.price * Decimal("0.5")


def _note(offer: Offer, state: str | None, why: str, at: datetime) -> None:
    """Keep what was found of the link. state: None where nothing new is known of it, and the try failed."""
    with transaction.atomic():
        now = _locked(offer)
        if now is None:
            return
        before = now.link_state
        changed = state is not None and state != before
        now.link_note, now.link_seen_at = typed.line(why)[:1200], at
        if state is not None:
            _stands(now, state, at)
        now.version += 1
        now.save()
        if changed:
            record(PRODUCT_CHANGED, product_id=now.product_id)
            _tell(now, before)


def _take(offer: Offer, found: Found, at: datetime) -> None:
    with transaction.atomic():
        now = _locked(offer)
        if now is None:
            return
        before = now.link_state
        _stands(now, Offer.Link.FINE, at)
        now.link_seen_at, now.link_note, now.in_stock = at, "", found.in_stock
        if held_back(now, found):
            if now.held_at is None:
                record(OFFER_TURNED, offer_id=now.pk, what="held")
            # The old price keeps the moment it was checked, and hides itself when that is stale.
            now.held_price, now.held_currency, now.held_at = found.price, found.currency, at
            now.version += 1
            now.save()
            record(PRODUCT_CHANGED, product_id=now.product_id)
        else:
            offering.write(now, {"price": found.price, "currency": found.currency}, person=None, at=at)
        _tell(now, before)


def _stands(now: Offer, state: str, at: datetime) -> None:
    if state != now.link_state or now.link_since is None:
        now.link_since = at
    now.link_state, now.tries, now.due_at = state, 0, _next(at)


def _tell(now: Offer, before: str) -> None:
    """Have people told where the link turned bad, or well after that. What was never looked at before is no news."""
    bad = (Offer.Link.GONE, Offer.Link.MOVED)
    if now.link_state != before and (now.link_state in bad or before in bad):
        record(OFFER_TURNED, offer_id=now.pk, what="well" if now.link_state == Offer.Link.FINE else now.link_state)


def _locked(offer: Offer) -> Offer | None:
    """The row as it is now; None when somebody gave it another link, or ended it, while we looked at the old one."""
    return Offer.objects.select_for_update().filter(pk=offer.pk, link=offer.link, ended_at__isnull=True).first()


def _next(at: datetime) -> datetime:
    """Spread, so that what was entered in one hour does not come back in one minute for ever."""
    return at + EVERY * random.uniform(0.9, 1.1)  # noqa: S311  no secret

"""Who sells things, and which links earn the newsroom money."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db import transaction
from django.db.models.functions import JSONArray

from articles import typed
from articles.events import MERCHANT_CHANGED
from articles.models import Merchant
from newsroom import audit
from newsroom.accounts.models import Person
from newsroom.outbox import record
from newsroom.pagecache import BriefCopy

AFFILIATE_REL = "sponsored nofollow noopener"  # Google's and the FTC's word for a paid link; promise 16
_OUR_WAY = re.compile(r"/+go/\d+/?")
_SPONSORED = re.compile(r"""\brel=["'][^"']*\bsponsored""")
_BETWEEN = r"(?:\s|<[^>]*>)+"
# What discloses, as written over a product ("link") and at the head of a story or a letter ("links"), and what must be.
_SOLD_IN_HTML = re.compile(
    rf"affiliate{_BETWEEN}(?P<label>links?)\.{_BETWEEN}We{_BETWEEN}earn{_BETWEEN}a{_BETWEEN}commission"
    r"|<a\s[^>]*>",
    re.IGNORECASE,
)
_SOLD_IN_TEXT = re.compile(r"affiliate\s+(?P<label>links?)\.\s+We\s+earn\s+a\s+commission|\S*/go/\d\S*", re.IGNORECASE)


def merchant_of(link: str) -> str | None:
    """The merchant whose host ``link`` leads to, by name; None for any other address.

    The hosts are kept in the process for a second, so that a page with many links asks once.
    """
    host = _host(link)
    if not host:
        return None
    for known, name in _known.get().shops.items():
        if host == known or host.endswith(f".{known}"):
            return name
    return None


def pays(link: str) -> bool:
    """Whether ``link`` leads to a network that counts sales for us: the host of a merchant's tracking template."""
    host = _host(link)
    return any(host == known or host.endswith(f".{known}") for known in _known.get().networks)


def sells(merchant: Merchant, link: str) -> bool:
    """Whether ``link`` leads to ``merchant``: to one of its hosts or below it."""
    host = _host(link)
    return any(host == known or host.endswith(f".{known}") for known in map(clean_host, merchant.hosts) if known)


def link_rel(href: str) -> str:
    """The value of rel for a link in running text: AFFILIATE_REL for a merchant's host or below it and for our own way
    there, else ""."""
    return AFFILIATE_REL if _is_our_way(href) or merchant_of(href) is not None else ""


def undisclosed(shown: str, *, text: bool = False) -> list[str]:
    """The links of a page or a letter that somebody pays for, and before which readers meet no disclosure (promise 16).

    A product's link needs the label of its own block, however many stand above it. A merchant's link in running text
    is covered by the line at the head.

    shown: the finished HTML; with ``text`` a letter's plain text, in which only our own ways to a merchant are known.
    """
    found, labelled, headed = [], False, False
    for mark in (_SOLD_IN_TEXT if text else _SOLD_IN_HTML).finditer(shown):
        if label := mark["label"]:
            labelled, headed = labelled or label.lower() == "link", headed or label.lower() == "links"
        elif "/go/" in mark[0]:
            if not labelled:
                found.append(mark[0])
            labelled = False
        elif _SPONSORED.search(mark[0]) and not (headed or labelled):
            found.append(mark[0])
    return found


def _is_our_way(href: str) -> bool:
    """Whether a browser would come to ``/go/12/`` of ours, however the address is written: "/x/../%67o/12"."""
    try:
        parts = urlsplit(href.strip())
        host = parts.hostname or ""
    except ValueError:
        return False
    ours = {urlsplit(settings.ORIGIN).hostname, *settings.ALLOWED_HOSTS}
    path = posixpath.normpath(unquote(parts.path)) if parts.path else ""
    return (not host or host.rstrip(".") in ours) and _OUR_WAY.fullmatch(path) is not None


def forget() -> None:
    """Ask for the merchants' hosts again at the next link."""
    _known.forget()


def shop_address(text: str) -> str | None:
    """``text`` as a shop's address, or None; with PRIVATE_SHOPS a shop on this machine counts as one."""
    address = typed.web_address(text)
    if address is None and settings.PRIVATE_SHOPS:
        try:
            parts = urlsplit(typed.line(text))
        except ValueError:
            return None
        local = parts.scheme in ("http", "https") and parts.hostname == "localhost" and "@" not in parts.netloc
        return parts.geturl() if local else None
    return address


@dataclass(frozen=True)
class _Known:
    """shops: host -> the merchant's name. networks: the hosts of the tracking templates."""

    shops: dict[str, str]
    networks: frozenset[str]


def due() -> bool:
    """Whether the next link would ask for the merchants' hosts: a page with a query of its own brings ``beside`` with it."""
    return _known.due()


def beside() -> ArraySubquery:
    """The merchants as JSON beside any row, for ``take``."""
    return ArraySubquery(Merchant.objects.values(json=JSONArray("name", "hosts", "tracking")))


def take(rows: list[tuple[str, list[str], str]], *, began: float) -> None:
    """Know the merchants that ``beside`` brought. began: ``time.monotonic()`` before they were asked for."""
    _known.put(_sort(rows), began=began)


def _read() -> _Known:
    return _sort(list(Merchant.objects.values_list("name", "hosts", "tracking")))


def _sort(rows: list[tuple[str, list[str], str]]) -> _Known:
    shops = {clean_host(host): name for name, hosts, _ in rows for host in hosts if host}
    return _Known(shops, frozenset(_host(template) for _, _, template in rows if template) - {""})


_known = BriefCopy(_read)


def clean_host(host: str) -> str:
    return host.strip().lower().removeprefix("*.").removeprefix("www.").rstrip(".")


def _host(link: str) -> str:
    try:
        return clean_host(urlsplit(link.strip()).hostname or "")
    except ValueError:  # "http://[": no address at all, so no merchant's either
        return ""


def change_merchant(merchant: Merchant, person: Person | None = None) -> None:
    """Save a merchant, write down who did, and have the pages that link to it rendered again."""
    merchant.hosts = sorted({host for host in map(clean_host, merchant.hosts) if host})
    with transaction.atomic():
        merchant.version += 1  # whoever has its page at the desk open is told
        merchant.save()
        record(MERCHANT_CHANGED, merchant_id=merchant.pk)
        audit.note(person, "merchant.changed", f"merchant:{merchant.pk}", name=merchant.name)
    forget()

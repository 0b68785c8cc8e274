"""Reading a request: is it for a page, and for which one?"""

from __future__ import annotations

import re
from collections.abc import MutableMapping
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.http.request import split_domain_port, validate_host
from django.urls import Resolver404, resolve

from newsroom.pagecache.handover import declared

Scope = MutableMapping[str, Any]

# Added to links by others; no page of ours depends on them.
TRACKING = re.compile(
    r"utm_\w+|fbclid|gclid|gbraid|wbraid|dclid|msclkid|mc_[ce]id|igshid?|twclid|ttclid|yclid|_ga|ref_src|cmpid"
)
# Parameters that make a page of their own where the view declares them (``handover.varies``), and are none of a view's
# business elsewhere. All others go to Django and are not kept: anyone can invent them.
DECLARED = {"page": re.compile(r"[1-9][0-9]{0,3}")}
LONGEST_PATH = 500
LONGEST_QUERY = 1000


class Site:
    """What the settings say of our own addresses."""

    def __init__(self, origin: str, allowed_hosts: list[str], *, proxied: bool) -> None:
        parts = urlsplit(origin)
        self.scheme = parts.scheme
        self.host = parts.netloc.encode("idna" if not parts.netloc.isascii() else "ascii")
        self.allowed_hosts = allowed_hosts
        # Without a proxy an http request to an https site must reach Django, which redirects it.
        self.needs_scheme = parts.scheme if parts.scheme == "https" and not proxied else None
        self.known: set[bytes] = set()

    def answers_for(self, scope: Scope) -> bool:
        """Say whether the request came to one of our names: any other gets Django's 400, not a page."""
        hosts = [value for name, value in scope["headers"] if name == b"host"]
        if len(hosts) != 1 or (self.needs_scheme and scope.get("scheme") != self.needs_scheme):
            return False
        host = hosts[0]
        if host in self.known:
            return True
        domain, _ = split_domain_port(host.decode("latin-1"))
        if not domain or not validate_host(domain, self.allowed_hosts):
            return False
        if len(self.known) < 1000:
            self.known.add(host)
        return True

    def page_scope(self, scope: Scope, query: bytes) -> Scope:
        """Return the request that a page is rendered for: our own address and nothing of this reader.

        Without that, whoever asks first could put a host, a cookie or a language of theirs into everybody's page.
        """
        host, _, port = self.host.decode().rpartition(":") if b":" in self.host else (self.host.decode(), "", "")
        return {
            "type": "http",
            "asgi": scope.get("asgi", {"version": "3.0"}),
            "http_version": "1.1",
            "method": "GET",
            "scheme": self.scheme,
            "path": scope["path"],
            "raw_path": scope.get("raw_path", b""),
            "root_path": scope.get("root_path", ""),
            "query_string": query,
            "headers": [(b"host", self.host)],
            "client": None,
            "server": (host, int(port or (443 if self.scheme == "https" else 80))),
            "extensions": {},
        }


def query_of(scope: Scope) -> bytes | None:
    """Return the query string that the page is known by: tracking dropped, declared parameters in order.

    A parameter that some views declare is dropped where this path's view does not: else ten thousand addresses of the
    same page could be kept by whoever asks for them.

    None: something else is asked for, which Django answers and nobody keeps.
    """
    raw: bytes = scope.get("query_string", b"")
    if not raw:
        return b""
    if len(raw) > LONGEST_QUERY:
        return None
    kept: list[tuple[str, str]] = []
    for name, value in parse_qsl(raw.decode("latin-1"), keep_blank_values=True):
        if TRACKING.fullmatch(name):
            continue
        if name in DECLARED and name not in varied_by(scope["path"]):
            continue
        if name not in DECLARED or not DECLARED[name].fullmatch(value) or any(name == seen for seen, _ in kept):
            return None
        kept.append((name, value))
    return urlencode(sorted(kept)).encode()


def key_of(scope: Scope, query: bytes) -> str | None:
    """Return the page's key, or None when its path cannot be one of ours.

    The query stands in front: a path begins with a slash and is decoded, so behind it "/royals/%3Fpage=2" would have the
    key of "/royals/?page=2".
    """
    path: str = scope["path"]
    if len(path) > LONGEST_PATH or not path.startswith("/") or scope.get("root_path"):
        return None
    return f"{query.decode()}{path}" if query else path


def route_of(path: str) -> str | None:
    """Return the route that Django would take for this path, or None when there is none."""
    try:
        return resolve(path).route
    except Resolver404:
        return None


def varied_by(path: str) -> frozenset[str]:
    """Return the parameters that the view of this path declares; none where there is no view."""
    try:
        return declared(resolve(path).func)
    except Resolver404:
        return frozenset()

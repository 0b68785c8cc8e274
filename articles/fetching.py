"""Fetching a page of a shop: one GET, with a deadline, a size, and no way to our own servers.

What a link in the library names is typed by people and led on by shops, so nothing of it is trusted: each address is
resolved once, refused when any of its answers is not a public one (OWASP, server-side request forgery), and connected to
by that very number, so that a second answer of the name server changes nothing. Redirects are followed by hand, each
checked in the same way.
"""

from __future__ import annotations

import http.client
import ipaddress
import re
import socket
import ssl
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from django.conf import settings

LONGEST = 10.0  # seconds for the whole way, redirects included
LARGEST = 2_000_000  # bytes of one page
MOST_REDIRECTS = 5
_LEADING_ON = {301, 302, 303, 307, 308}
_CONTROL = re.compile("[\x00-\x1f\x7f]")


class Unreachable(Exception):
    """The page could not be read this time. name_unknown: there is no such host."""

    def __init__(self, why: str, *, name_unknown: bool = False) -> None:
        super().__init__(why)
        self.name_unknown = name_unknown


@dataclass(frozen=True)
class Page:
    """What came at the end. address: the last one, after ``redirects`` others. text: "" unless it was HTML."""

    status: int
    address: str
    redirects: tuple[str, ...]
    text: str


def fetch(address: str) -> Page:
    """Read a page of a shop.

    Raises:
        Unreachable: no such host, a private address, too slow, too large, too many redirects, no HTTP.
    """
    end = time.monotonic() + LONGEST
    passed: list[str] = []
    while True:
        status, onward, text = _get(address, end)
        if status not in _LEADING_ON or not onward:
            return Page(status, address, tuple(passed), text)
        passed.append(address)
        if len(passed) > MOST_REDIRECTS:
            raise Unreachable(f"It leads on more than {MOST_REDIRECTS} times.")
        address = _joined(address, onward)


def _joined(address: str, onward: str) -> str:
    try:
        return urljoin(address, onward)
    except ValueError:
        raise Unreachable("It leads to something that is no address.") from None


def _get(address: str, end: float) -> tuple[int, str, str]:
    """One request: status, Location, and the text of an HTML page."""
    parts = _parts(address)
    host, secure = parts.hostname or "", parts.scheme == "https"
    port = parts.port or (443 if secure else 80)
    number = _public(host, port)
    left = end - time.monotonic()
    if left <= 0:
        raise Unreachable(f"It took longer than {LONGEST:.0f} seconds.")
    connection = http.client.HTTPConnection(host, port)
    try:
        sock = socket.create_connection((number, port), timeout=left)
        # A shop that sends a byte a second would hold the worker for hours: the socket is shut at the deadline.
        # A second handle on it, which TLS does not take over.
        handle = sock.dup()
        watch = threading.Timer(max(0.1, end - time.monotonic()), _shut, [handle])
        watch.daemon = True
        watch.start()
        try:
            if secure:
                sock = ssl.create_default_context().wrap_socket(sock, server_hostname=host)
            connection.sock = sock
            path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=-._~")
            query = f"?{quote(parts.query, safe='/%:@!$&()*+,;=-._~?')}" if parts.query else ""
            connection.request("GET", f"{path}{query}", headers=_headers())
            response = connection.getresponse()
            body = b"" if response.status in _LEADING_ON else response.read(LARGEST + 1)
        finally:
            watch.cancel()
            handle.close()
            sock.close()
        if end <= time.monotonic():  # what was cut off at the deadline is no page
            raise Unreachable(f"It took longer than {LONGEST:.0f} seconds.")
        if len(body) > LARGEST:
            raise Unreachable(f"The page is larger than {LARGEST // 1_000_000} MB.")
        kind = response.headers.get_content_type()
        encoded = response.headers.get("Content-Encoding", "identity").lower() != "identity"
        charset = response.headers.get_content_charset("utf-8")
        text = "" if encoded or "html" not in kind else _decoded(body, charset)
        return response.status, response.headers.get("Location", "").strip(), text
    except (OSError, http.client.HTTPException, ValueError) as error:
        slow = isinstance(error, TimeoutError) or end <= time.monotonic()
        why = f"It took longer than {LONGEST:.0f} seconds." if slow else f"The shop did not answer properly ({error})."
        raise Unreachable(why[:300]) from error
    finally:
        connection.close()


def _shut(sock: socket.socket) -> None:
    with suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)


def _headers() -> dict[str, str]:
    return {
        "User-Agent": f"Newsroom price check (+{settings.ORIGIN}/about/affiliate-links/)",
        "Accept": "text/html",
        "Accept-Encoding": "identity",
        "Connection": "close",
    }


def _decoded(body: bytes, charset: str) -> str:
    try:
        return body.decode(charset, "replace")
    except LookupError:  # a character set that nobody knows
        return body.decode("utf-8", "replace")


def _parts(address: str) -> SplitResult:
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        raise Unreachable("It leads to something that is no address.") from None
    # A NUL from a shop's Location could neither be asked for nor be written down.
    if parts.scheme not in ("http", "https") or not parts.hostname or _CONTROL.search(address):
        raise Unreachable("It leads to something that is no web address.")
    if port not in (None, 80, 443) and not settings.PRIVATE_SHOPS:
        raise Unreachable("It leads to a port that shops do not use.")
    return parts


def _public(host: str, port: int) -> str:
    """The number that ``host`` stands for, once none of its numbers is inside our own network."""
    try:
        answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError) as error:
        unknown = isinstance(error, UnicodeError) or error.errno == socket.EAI_NONAME
        raise Unreachable(f"There is no host {host}." if unknown else "The name server did not answer.",
                          name_unknown=unknown) from None  # fmt: skip
    numbers = [str(answer[4][0]) for answer in answers]
    if not settings.PRIVATE_SHOPS:
        for number in numbers:
            found = ipaddress.ip_address(number.partition("%")[0])
            inner = getattr(found, "ipv4_mapped", None) or found
            if not inner.is_global or inner.is_multicast:
                raise Unreachable(f"{host} is an address inside a private network.")
    return numbers[0]

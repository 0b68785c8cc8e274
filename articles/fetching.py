"""Fetching a page of a shop: one GET, with a deadline, a size, and no way to our own servers.

What a link in the library names is typed by people and led on by shops, so nothing of it is trusted: each address is
resolved once, refused when any of its answers is not a public one (OWASP, server-side request forgery), and connected to
by that very number, so that a second answer of the name server changes nothing. Redirects are followed by hand, each
checked in the same way. No cookie is kept, no name or password is sent, nothing is unpacked.
"""

from __future__ import annotations

import codecs
import http.client
import ipaddress
import re
import socket
import ssl
import threading
import time
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from django.conf import settings

LONGEST = 10.0  # seconds for the whole way, redirects included
LARGEST = 2_000_000  # bytes of one page
MOST_REDIRECTS = 5
_LEADING_ON = {301, 302, 303, 307, 308}
_CONTROL = re.compile("[\x00-\x1f\x7f]")
# What shops' pages are written in. Python knows others that are no text at all, and one ("punycode") that takes hours.
_CHARSETS = re.compile(
    r"utf-?(8|16|16-le|16-be)|ascii|cp\d+|iso8859-\d+|koi8-[ru]|gb\w+|big5\w*|euc_\w+|shift_jis\w*|mac-roman"
)
_UNICAST, _NAT64 = ipaddress.ip_network("2000::/3"), ipaddress.ip_network("64:ff9b::/96")  # RFC 4291, RFC 6052


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
    numbers = _public(host, port, end)
    connection = http.client.HTTPConnection(host, port)
    try:
        sock = _connected(numbers, port, end)
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
        if body and response.length:  # "129.00" cut off after the "12" is a price too
            raise Unreachable("The page broke off in the middle.")
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


def _connected(numbers: list[str], port: int, end: float) -> socket.socket:
    """A connection to the first of these addresses that answers."""
    error: OSError = TimeoutError()
    for number in numbers:
        if (left := end - time.monotonic()) <= 0:
            break
        try:
            return socket.create_connection((number, port), timeout=left)
        except OSError as why:  # a host may have an address of a kind that we have no road to
            error = why
    raise error


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
        name = codecs.lookup(charset).name
    except (LookupError, ValueError):  # a character set that nobody knows
        name = ""
    return body.decode(name if _CHARSETS.fullmatch(name) else "utf-8", "replace")


def _parts(address: str) -> SplitResult:
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        raise Unreachable("It leads to something that is no address.") from None
    # A NUL from a shop's Location could neither be asked for nor be written down.
    if parts.scheme not in ("http", "https") or not parts.hostname or _CONTROL.search(address):
        raise Unreachable("It leads to something that is no web address.")
    if "@" in parts.netloc:
        raise Unreachable("It leads to an address with a user name in it.")
    if port not in (None, 80, 443) and not settings.PRIVATE_SHOPS:
        raise Unreachable("It leads to a port that shops do not use.")
    return parts


def _public(host: str, port: int, end: float) -> list[str]:
    """The numbers that ``host`` stands for, once none of them is inside our own network."""
    try:
        answers = _resolved(host, port, end)
    except (socket.gaierror, UnicodeError) as error:
        unknown = isinstance(error, UnicodeError) or error.errno == socket.EAI_NONAME
        raise Unreachable(f"There is no host {host}." if unknown else "The name server did not answer.",
                          name_unknown=unknown) from None  # fmt: skip
    except TimeoutError:
        raise Unreachable("The name server did not answer.") from None
    numbers = list(dict.fromkeys(str(answer[4][0]) for answer in answers))
    if not settings.PRIVATE_SHOPS:
        for number in numbers:
            if not _outside(number.partition("%")[0]):
                raise Unreachable(f"{host} is an address inside a private network.")
    return numbers


def _outside(number: str) -> bool:
    """Whether an address is a public one, and so is any IPv4 address that it leads to: mapped (RFC 4291), by 6to4
    (RFC 3056), by Teredo (RFC 4380), or by a translator (RFC 6052)."""
    found = ipaddress.ip_address(number)
    inner: list[ipaddress.IPv4Address | ipaddress.IPv6Address] = [found]
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            inner = [found.ipv4_mapped]
        elif found not in _UNICAST and found not in _NAT64:
            return False
        inner += [found.sixtofour] if found.sixtofour is not None else []
        inner += found.teredo or ()
        inner += [ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)] if found in _NAT64 else []
    return all(one.is_global and not one.is_multicast for one in inner)


def _resolved(host: str, port: int, end: float) -> list[Any]:
    """``getaddrinfo`` with an end: it knows none, and a name server of the shop's own could hold the worker.

    Raises:
        TimeoutError: it took too long; a thread is left behind that ends when it is answered.
    """
    answer: Future[list[Any]] = Future()

    def ask() -> None:
        try:
            answer.set_result(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except BaseException as error:
            answer.set_exception(error)

    threading.Thread(target=ask, daemon=True, name="name-lookup").start()
    return answer.result(max(0.0, end - time.monotonic()))

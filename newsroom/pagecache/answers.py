"""Answers made ready: for each page and encoding the finished ASGI messages, so that a request only picks one."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from newsroom.pagecache import cdn
from newsroom.pagecache.page import CACHE_CONTROL, Page, etag

Message = dict[str, Any]
Headers = Mapping[bytes, bytes]

# What a reader's Accept-Encoding comes down to; the index into Ready.variants.
IDENTITY, GZIP, BROTLI, BOTH = range(4)
_WANTED = {IDENTITY: ("",), GZIP: ("gzip", ""), BROTLI: ("br", ""), BOTH: ("br", "gzip", "")}
_heard: dict[bytes, int] = {}
HEARD_KEPT = 1000


@dataclass(frozen=True, slots=True)
class Variant:
    """The page in one encoding."""

    etag: bytes
    start: Message
    body: Message
    not_modified: Message


EMPTY: Message = {"type": "http.response.body", "body": b"", "more_body": False}


class Ready:
    """A page with its answers, and until when this process may give them without asking.

    ``fresh_until`` and ``begun`` are seconds of the monotonic clock. ``begun`` is when the rendering began or, later,
    the newest question to Redis that found it fresh. ``failed_until``: the rendering just failed; until then the
    stale page is given without trying again.
    """

    __slots__ = ("begun", "failed_until", "fresh_until", "last_modified", "page", "revalidates", "variants")

    def __init__(self, page: Page, *, begun: float, fresh_until: float) -> None:
        self.page = page
        self.begun = begun
        self.fresh_until = fresh_until
        self.failed_until = 0.0
        made = {name: _variant(page, name) for name in page.bodies}
        self.variants = [next(made[name] for name in _WANTED[wish] if name in made) for wish in range(4)]
        self.last_modified = dict(page.headers).get(b"last-modified")
        self.revalidates = page.status == 200


def _variant(page: Page, encoding: str) -> Variant:
    body, tag = page.bodies[encoding], etag(page, encoding)
    headers = dict(page.headers)
    shared = [(b"cache-control", headers.get(b"cache-control", CACHE_CONTROL)), (b"etag", tag)]
    # With a 304 too: the tags may have changed where the words have not, and a cache would go by the old ones.
    shared.append(cdn.header(page.tags, settings.CDN))
    if len(page.bodies) > 1:
        shared.append((b"vary", b"accept-encoding"))
    own = [(name, value) for name, value in page.headers if name != b"cache-control"]
    own.append((b"content-length", str(len(body)).encode()))
    if encoding:
        own.append((b"content-encoding", encoding.encode()))
    dated = [(name, value) for name, value in page.headers if name == b"last-modified"]
    return Variant(
        tag,
        {"type": "http.response.start", "status": page.status, "headers": own + shared},
        {"type": "http.response.body", "body": body, "more_body": False},
        {"type": "http.response.start", "status": 304, "headers": shared + dated},
    )


def pick(ready: Ready, method: str, headers: Headers, *, stale: bool = False) -> tuple[Message, Message]:
    """Return the two messages that answer a request, by its method and headers (lower-case name -> value)."""
    accept = headers.get(b"accept-encoding")
    variant = ready.variants[wish(accept) if accept else IDENTITY]
    body = variant.body if method != "HEAD" else EMPTY
    if stale:
        return _stale(variant, ready.page), body
    if ready.revalidates:
        match = headers.get(b"if-none-match")
        if match is not None:
            if matches(match, variant.etag):
                return variant.not_modified, EMPTY
        elif ready.last_modified is not None and headers.get(b"if-modified-since") == ready.last_modified:
            # The very date, as nginx asks by default: where two machines' clocks differ, what was written anew can have an
            # earlier one, and would not be sent until it is written again.
            return variant.not_modified, EMPTY
    return variant.start, body


def joined(headers: Iterable[Iterable[bytes]]) -> Headers:
    """Return headers by name, those that stand there several times joined by commas (RFC 9110 5.3)."""
    found: dict[bytes, bytes] = {}
    for name, value in headers:
        found[name] = found[name] + b"," + value if name in found else value
    return found


def _stale(variant: Variant, page: Page) -> Message:
    """Return the start of an answer that is marked as stale: said to the reader, to caches and to whoever measures."""
    age = max(0, int(time.time() - page.rendered_at))
    kept = [(name, value) for name, value in variant.start["headers"] if name != b"cache-control"]
    marks = [
        (b"warning", b'110 - "Response is Stale"'),
        (b"age", str(age).encode()),
        (b"x-page", b"stale"),
        (b"cache-control", b"no-cache, stale-if-error=300"),
    ]
    return {**variant.start, "headers": kept + marks}


def wish(accept_encoding: bytes) -> int:
    """Return which encodings an Accept-Encoding header allows (RFC 9110 12.5.3), as an index into the variants."""
    known = _heard.get(accept_encoding)
    if known is not None:
        return known
    weights = {}
    for part in accept_encoding.lower().split(b","):
        name, _, rest = part.partition(b";")
        weight = 1.0
        if rest.strip().startswith(b"q="):
            try:
                weight = float(rest.strip()[2:])
            except ValueError:
                weight = 0.0
        weights[name.strip()] = weight
    other = weights.get(b"*", 0.0)
    br, gz = weights.get(b"br", other), weights.get(b"gzip", weights.get(b"x-gzip", other))
    if br > 0 and gz > 0:
        found = BOTH if br >= gz else GZIP
    else:
        found = BROTLI if br > 0 else GZIP if gz > 0 else IDENTITY
    if len(_heard) < HEARD_KEPT:  # readers' headers are few; whoever invents thousands is not remembered
        _heard[accept_encoding] = found
    return found


def matches(if_none_match: bytes, tag: bytes) -> bool:
    """Say whether an If-None-Match header names this ETag (weak comparison, RFC 9110 13.1.2)."""
    if if_none_match == tag:
        return True
    return any(one.strip().removeprefix(b"W/") == tag or one.strip() == b"*" for one in if_none_match.split(b","))

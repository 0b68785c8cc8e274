"""A finished page: what is kept of a rendering, and how it is written down."""

from __future__ import annotations

import gzip
import json
import struct
import time
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

import brotli

Headers = tuple[tuple[bytes, bytes], ...]

LARGEST = 4_000_000  # bytes of body; a larger answer is a download, not a page
KEPT_STATUS = {200, 301, 308, 410}
SMALLEST = 256  # bytes below which compressing makes no page arrive sooner
BROTLI_QUALITY = 5  # 11 takes a hundred times as long for a tenth less
COMPRESSED_TYPES = (b"text/", b"application/json", b"application/xml", b"application/rss", b"application/atom",
                    b"application/feed", b"application/ld", b"application/manifest", b"image/svg")  # fmt: skip
# For the world between us and the reader, which hears of no purge: one second, as long as a process may be behind. A
# reader's browser asks each time and is mostly answered 304.
CACHE_CONTROL = b"public, max-age=0, s-maxage=1, stale-while-revalidate=1, stale-if-error=300"
# Written for each answer, by the cache or by the server.
OURS = {b"content-length", b"content-encoding", b"etag", b"vary", b"age", b"date", b"server", b"connection",
        b"transfer-encoding", b"surrogate-key", b"set-cookie", b"warning"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Page:
    """One rendering.

    ``epoch`` and ``sequence`` were read when it began (see state.py); an empty epoch is a page that Redis never knew.
    ``rendered_at`` and ``until`` are Unix seconds; ``until`` 0 is no end. ``bodies`` has "" and, if smaller, "br", "gzip".
    ``never``: from then on (Unix seconds, 0: no end) not even a stale copy is shown.
    """

    status: int
    headers: Headers
    tags: frozenset[str]
    epoch: str
    sequence: int
    rendered_at: float
    until: float
    bodies: dict[str, bytes]
    never: float = 0.0

    @property
    def over(self) -> bool:
        """Whether it may not be shown any more, whatever else is to be had."""
        return bool(self.never) and self.never <= time.time()

    @property
    def size(self) -> int:
        """Bytes in memory, roughly."""
        return sum(map(len, self.bodies.values())) + 2000


def kept_headers(status: int, headers: Iterable[Iterable[bytes]]) -> Headers | None:
    """Return the headers that are kept of an answer, or None when it must not be kept.

    Not kept: a status beyond the four, a cookie, ``no-store`` or ``private``, an encoded body, and an answer that
    varies by more than what the rendering was stripped of.
    """
    if status not in KEPT_STATUS:
        return None
    kept = []
    for name, value in ((bytes(n).lower(), bytes(v)) for n, v in headers):
        if name in {b"set-cookie", b"content-encoding"}:
            return None
        if name == b"cache-control" and (b"no-store" in value or b"private" in value):
            return None
        if name == b"vary" and {v.strip().lower() for v in value.split(b",")} - {b"cookie", b"accept-encoding"}:
            return None
        if name not in OURS:
            kept.append((name, value))
    return tuple(kept)


def pack(headers: Headers, body: bytes) -> dict[str, bytes]:
    """Return the body as it is and, where that is smaller, in both encodings."""
    bodies = {"": body}
    kind = dict(headers).get(b"content-type", b"")
    if len(body) >= SMALLEST and kind.startswith(COMPRESSED_TYPES):
        packed = {"br": brotli.compress(body, quality=BROTLI_QUALITY), "gzip": gzip.compress(body, 6, mtime=0)}
        bodies |= {name: data for name, data in packed.items() if len(data) < len(body)}
    return bodies


def dump(page: Page) -> bytes:
    """Write a page down as bytes for Redis."""
    head = json.dumps(
        {
            "status": page.status,
            "headers": [[n.decode("latin-1"), v.decode("latin-1")] for n, v in page.headers],
            "tags": sorted(page.tags),
            "epoch": page.epoch,
            "sequence": page.sequence,
            "rendered_at": page.rendered_at,
            "until": page.until,
            "never": page.never,
            "bodies": {name: len(body) for name, body in page.bodies.items()},
        }
    ).encode()
    return b"".join([b"P2", struct.pack(">I", len(head)), head, *page.bodies.values()])


def load(raw: bytes) -> Page | None:
    """Read what ``dump`` wrote; None for anything else (another release's form, a broken value)."""
    try:
        if raw[:2] != b"P2":
            return None
        (length,) = struct.unpack(">I", raw[2:6])
        head = json.loads(raw[6 : 6 + length])
        at, bodies = 6 + length, {}
        for name, size in head["bodies"].items():
            bodies[name] = raw[at : at + size]
            at += size
        if at != len(raw):
            return None
        return Page(
            head["status"],
            tuple((n.encode("latin-1"), v.encode("latin-1")) for n, v in head["headers"]),
            frozenset(head["tags"]),
            head["epoch"],
            head["sequence"],
            head["rendered_at"],
            head["until"],
            bodies,
            head["never"],
        )
    except (ValueError, KeyError, TypeError, struct.error):
        return None


def etag(page: Page, encoding: str) -> bytes:
    """Return the strong ETag of the page in one encoding (RFC 9110 8.8.3.3: each encoding has its own)."""
    digest = sha256(page.bodies[""]).hexdigest()[:24]
    return f'"{digest}-{encoding}"'.encode() if encoding else f'"{digest}"'.encode()

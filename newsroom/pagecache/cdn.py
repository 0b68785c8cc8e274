"""Telling the cache in front of us (a CDN, Varnish) which tags were purged.

It is told through the outbox: whatever becomes of that, our own pages are fresh already. And it is told a moment after
Redis, so that what it fetches next is fresh: for a second after a purge a process may still give its own copy.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from newsroom import outbox
from newsroom.calls import call
from newsroom.outbox import EventData, event, handler
from newsroom.servers import Cdn

PAGES_PURGED = event("pages.purged", fields=("tags",))
SETTLED = timedelta(seconds=1.1)  # after a purge, until no process gives its copy without asking (asgi.TRUST)
# Fastly: up to 256 surrogate keys a request. Cloudflare: 100 operations a request on every plan. A header of Varnish
# holds 8 KB, and a tag 100 letters.
LONGEST = 6_000  # bytes of tags in a header: all headers together must fit into the 8 KB of proxies
AT_ONCE = {"fastly": 256, "cloudflare": 100, "purge": 50}


def tell(tags: Iterable[str], *, gone: bool) -> None:
    """Have the cache told, where there is one. Called once Redis has taken the purge.

    gone: what was withdrawn is taken from it at once as well: until the second time, it would be shown from there while
    we are away.
    """
    if settings.CDN is None:
        return
    named, now = sorted(tags), timezone.now()
    with transaction.atomic():
        if gone:
            outbox.record(PAGES_PURGED, tags=named)
        outbox.record(PAGES_PURGED, at=now + SETTLED, tags=named)


@handler(PAGES_PURGED, name="pagecache.purge-cdn", does="Tell the content network which pages changed")
def purge_cdn(event: EventData) -> None:
    """Purge the tags. Raises ``calls.NotTaken`` where the cache is away, refuses or has had too many for now."""
    cdn: Cdn | None = settings.CDN
    if cdn is None:  # it was taken out of the settings since
        return
    tags, most = list(event.payload["tags"]), AT_ONCE[cdn.kind]
    for start in range(0, len(tags), most):
        _WAYS[cdn.kind](cdn, tags[start : start + most])


def _fastly(cdn: Cdn, tags: list[str]) -> None:
    """Fastly API, "Purge multiple surrogate key tags"."""
    headers = {"Fastly-Key": cdn.secret, "Surrogate-Key": " ".join(tags), "Accept": "application/json"}
    call(f"{cdn.address}/service/{cdn.of}/purge", headers=headers)


def _cloudflare(cdn: Cdn, tags: list[str]) -> None:
    """Cloudflare API v4, "Purge Cached Content" by tags."""
    call(
        f"{cdn.address}/client/v4/zones/{cdn.of}/purge_cache",
        headers={"Authorization": f"Bearer {cdn.secret}", "Content-Type": "application/json"},
        body=json.dumps({"tags": tags}).encode(),
    )


def _purge(cdn: Cdn, tags: list[str]) -> None:
    """The method PURGE, as Varnish is taught it (deploy/README.md has the lines, and what nginx can do)."""
    secret = {"Authorization": f"Bearer {cdn.secret}"} if cdn.secret else {}
    call(f"{cdn.address}/", method="PURGE", headers={cdn.keys: " ".join(tags), **secret})


_WAYS = {"fastly": _fastly, "cloudflare": _cloudflare, "purge": _purge}


def header(tags: Iterable[str], cdn: Cdn | None) -> tuple[bytes, bytes]:
    """The header in which our answers name their tags, as that cache reads it: at most ``LONGEST`` bytes.

    Where they are more, stories and pictures stay: what is withdrawn must be found. By one of the others a page is not
    found, and is old in that cache for its second (page.CACHE_CONTROL); with larger headers it would not be let through.
    """
    name = cdn.tags.lower() if cdn else "surrogate-key"
    between = "," if cdn and cdn.kind == "cloudflare" else " "
    said = between.join(sorted(tags)).encode()
    if len(said) > LONGEST:
        first = sorted(tags, key=lambda tag: (not tag.startswith(("story:", "asset:")), tag))
        said = between.join(first).encode()[: LONGEST + 1].rpartition(between.encode())[0]
    return name.encode(), said

"""From the view to the cache: which tags a page stands on.

The word is passed in a context variable, not in a header: nothing can leak to a reader, and no reader's header can
be taken for it.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from django.http import HttpResponseBase

from newsroom.pagecache.tags import checked

Response = TypeVar("Response", bound=HttpResponseBase)


@dataclass
class Handover:
    """What the view said about the page that is being rendered.

    ``state`` names the purges that are counted for it: it is another one after each of them. Empty: Redis is away.
    """

    state: str = ""
    tags: frozenset[str] | None = None
    until: datetime | None = None


rendering: ContextVar[Handover | None] = ContextVar("pagecache_rendering", default=None)


def keep(response: Response, tags: Iterable[str], *, until: datetime | None = None) -> Response:
    """Let the finished page be kept and shown to every reader until one of its tags is purged.

    Only answers 200, 301, 308 and 410 to GET that set no cookie are kept. Outside the page cache (a test client, a
    command) this only notes the tags on the response.

    Arguments:
        tags: everything whose change changes the page, for example ``{"story:12", "asset:7", "section:3"}``.
        until: the page changes by itself at this moment (aware), for example when a picture's rights end.

    Returns:
        The same response, with ``page_tags`` set.

    Raises:
        ValueError: no tag, or one that is none: such a page could never be purged.
    """
    kept = checked(tags)
    if not kept:
        raise ValueError("A kept page stands on at least one tag.")
    response.page_tags = kept  # type: ignore[attr-defined]
    if (box := rendering.get()) is not None:
        box.tags, box.until = kept, until
    return response

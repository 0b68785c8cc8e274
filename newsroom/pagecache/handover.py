"""From the view to the cache: which tags a page stands on.

The word is passed in a context variable, not in a header: nothing can leak to a reader, and no reader's header can
be taken for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.http import HttpResponseBase

from newsroom.pagecache.tags import checked

Response = TypeVar("Response", bound=HttpResponseBase)
View = TypeVar("View", bound=Callable[..., HttpResponseBase])


@dataclass(eq=False)  # two renderings are never the same one
class Handover:
    """What the view said about the page that is being rendered.

    ``state`` names the purges that are counted for it: it is another one after each of them. Empty: Redis is away.
    ``watched``: it is one reader's answer, looked at to learn whether there are pages here; it is never kept itself.
    """

    state: str = ""
    watched: bool = False
    tags: frozenset[str] | None = None
    until: datetime | None = None
    never: datetime | None = None


def varies(*parameters: str) -> Callable[[View], View]:
    """Declare the query parameters by which a view's page is another one: ``@varies("page")`` above all its decorators.

    What a view does not declare is no part of its kept pages' addresses. The cache asks before the view runs, so it
    stands on the view and not in what ``keep`` is told.

    Arguments:
        parameters: of ``asking.DECLARED``.
    """

    def mark(view: View) -> View:
        view.pagecache_varies = frozenset(parameters)  # type: ignore[attr-defined]
        return view

    return mark


def declared(view: Callable[..., Any]) -> frozenset[str]:
    """Return what ``varies`` declared of a view."""
    found: frozenset[str] = getattr(view, "pagecache_varies", frozenset())
    return found


rendering: ContextVar[Handover | None] = ContextVar("pagecache_rendering", default=None)


def keep(
    response: Response, tags: Iterable[str], *, until: datetime | None = None, never: datetime | None = None
) -> Response:
    """Let the finished page be kept and shown to every reader until one of its tags is purged.

    Only answers 200, 301, 308 and 410 to GET that set no cookie are kept. Outside the page cache (a test client, a
    command) this only notes the tags on the response.

    Arguments:
        tags: everything whose change changes the page, for example ``{"story:12", "asset:7", "section:3"}``.
        until: the page changes by itself at this moment (aware), for example when a live story's time is over.
        never: from this moment on (aware) it is not shown to anybody, not even where nothing newer is to be had: a right
            to a picture has ended, or a price is too old. It counts as ``until`` too.

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
        box.tags, box.until, box.never = kept, until, never
    return response

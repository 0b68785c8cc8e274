"""``/go/12/``: from a product block to the shop. Where it leads is read from the database alone, never from the request."""

from __future__ import annotations

import logging
import time

from django.db import DatabaseError, InterfaceError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template import loader
from django.utils import timezone
from django.views.decorators.http import require_safe

from articles import clicks
from articles.access import may
from articles.clicks import Going
from newsroom.accounts.models import Person
from newsroom.limits import client_network

log = logging.getLogger(__name__)
_lately = clicks.Lately()


@require_safe
def go(request: HttpRequest, pk: int) -> HttpResponse:
    """Lead on to the shop and count it; 503 where the database cannot say where that is.

    Raises:
        Http404: no block that readers have met, or one of a story that they may no longer see.
    """
    at = timezone.now()
    if clicks.asked_early(request.headers):
        # Whoever presses the link then asks again, and that is counted: a browser keeps no answer of 503.
        return _dressed(HttpResponse(status=503))
    try:
        found = clicks.going(pk, at) or _previewed(request, pk)
    except (DatabaseError, InterfaceError):
        log.exception("A product's link could not be looked up.")
        return _dressed(HttpResponse(loader.get_template("reader/going_later.html").render({}), status=503))
    if found is None:
        raise Http404("There is no such product.")
    if found.story_id is not None and clicks.counts(request.method or "", request.headers) and not _twice(request, pk):
        try:
            clicks.count(found, at)
        except (DatabaseError, InterfaceError):
            log.exception("A click was not counted.")  # the reader goes on all the same
    return _dressed(HttpResponseRedirect(found.address))


def _twice(request: HttpRequest, pk: int) -> bool:
    agent = request.headers.get("User-Agent", "")
    return _lately.again(pk, client_network(request), agent, now=time.monotonic())


def _previewed(request: HttpRequest, pk: int) -> Going | None:
    """A block of a draft, for those who may read drafts: the preview's links lead somewhere too."""
    person = request.user
    return clicks.previewed(pk) if isinstance(person, Person) and may(person).read else None


def _dressed(response: HttpResponse) -> HttpResponse:
    """Kept by nobody, listed by nobody; the shop learns which publication, not which story."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "strict-origin"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    if response.status_code == 503:
        response.headers["Retry-After"] = "10"
    return response

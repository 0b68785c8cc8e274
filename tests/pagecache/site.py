"""A little site for the page cache: one view whose words, tags and manners the tests set."""

from __future__ import annotations

import threading
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import path

from newsroom import pagecache


@dataclass
class Press:
    """What the views print, and how often they were asked."""

    words: str = "first words"
    copy: pagecache.BriefCopy[str] | None = None
    tags: set[str] = field(default_factory=lambda: {"story:1"})
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = "text/html; charset=utf-8"
    seconds: float = 0.0
    fails: bool = False
    missing: bool = False
    cookie: str = ""
    until: datetime | None = None
    never: datetime | None = None
    renderings: int = 0
    seen: list[dict[str, str]] = field(default_factory=list)
    gate: threading.Event | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)


press = Press()


def _note(request: HttpRequest) -> None:
    request.get_host()  # as CommonMiddleware does: another host gets 400
    with press.lock:
        press.renderings += 1
        press.seen.append(
            {
                "host": request.get_host(),
                "cookie": request.headers.get("Cookie", ""),
                "forwarded": request.headers.get("X-Forwarded-Host", ""),
                "query": request.META.get("QUERY_STRING", ""),
                "scheme": request.scheme or "",
                "method": request.method or "",
            }
        )


def kept(request: HttpRequest, name: str = "") -> HttpResponse:
    _note(request)
    # What a real view reads from the database, early in its work.
    words = press.copy.get() if press.copy else press.words
    if press.seconds:
        time.sleep(press.seconds)
    if press.gate:
        press.gate.wait(10)
    if press.missing:
        raise Http404("Nothing is here.")
    if press.fails:
        raise RuntimeError("The database is away.")
    response = HttpResponse(f"{name}:{words}", status=press.status, content_type=press.content_type)
    for key, value in press.headers.items():
        response[key] = value
    if press.cookie:
        response.set_cookie("c", press.cookie)
    return pagecache.keep(response, press.tags, until=press.until, never=press.never)


@pagecache.varies("page")
def paged(request: HttpRequest) -> HttpResponse:
    return kept(request, "paged")


def personal(request: HttpRequest) -> HttpResponse:
    _note(request)
    return HttpResponse(f"for {request.headers.get('Cookie', 'nobody')}")


def stream(request: HttpRequest) -> StreamingHttpResponse:
    _note(request)

    async def words() -> AsyncIterator[bytes]:
        for word in (b"one ", b"two ", b"three"):
            yield word

    return StreamingHttpResponse(words())


def _plain(status: int) -> Callable[..., HttpResponse]:
    return lambda request, *args, **kwargs: HttpResponse(str(status), status=status)


# The product's own error pages ask the database.
handler400, handler404, handler500 = _plain(400), _plain(404), _plain(500)
urlpatterns = [
    path("kept/", kept),
    path("paged/", paged),
    path("kept/<str:name>/", kept),
    path("personal/", personal),
    path("stream/", stream),
    path("desk/kept/", kept),
]

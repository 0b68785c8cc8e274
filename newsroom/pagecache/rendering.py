"""Letting Django render a page, and deciding by its answer whether it is one that is kept."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from typing import Any

from newsroom.pagecache.handover import Handover, rendering
from newsroom.pagecache.page import LARGEST, Headers, Page, kept_headers, pack

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


@dataclass
class Rendered:
    """What became of a rendering: a page's parts, or an answer that was passed on, or a failure that was held back."""

    status: int = 0
    headers: Headers | None = None
    handover: Handover = field(default_factory=Handover)
    body: bytes = b""
    passed_on: bool = False
    failed: bool = False


class Line:
    """A reader's end of an answer that may come too late for them: once it is closed nothing goes out any more.

    Arguments:
        send: takes the messages.
    """

    def __init__(self, send: Send) -> None:
        self._send = send
        self.begun = self.closed = False

    async def __call__(self, message: Message) -> None:
        if not self.closed:
            self.begun = True
            await self._send(message)


async def render(
    app: App, scope: Scope, receive: Receive, send: Send, *, state: str, hold_failure: bool, head: bool
) -> Rendered:
    """Have a page rendered.

    An answer that is no page is passed on as it comes (it may be a stream without end). A page is collected whole.

    Arguments:
        scope: the clean request (see ``asking.Site.page_scope``).
        receive, send: the reader's, for an answer that is passed on.
        state: names the purges that count for the page (see ``Handover``).
        hold_failure: a 5xx or an exception is not passed on, because a stale page is there to be shown instead.
        head: the reader asked with HEAD, so a passed-on answer loses its body.
    """
    made = Rendered(handover=Handover(state=state))
    parts: list[bytes] = []
    size = 0
    decided = asyncio.Event()
    asked = False

    async def take() -> Message:
        nonlocal asked
        if not asked:
            asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await decided.wait()
        while made.passed_on:
            message = await receive()
            if message["type"] != "http.request":  # its (empty) body was answered above
                return message
        # The page is for everybody: it is finished even if the reader who asked first hangs up.
        return await asyncio.get_running_loop().create_future()

    async def give(message: Message) -> None:
        nonlocal size
        if message["type"] == "http.response.start":
            made.status = message["status"]
            if made.handover.tags is not None:
                made.headers = kept_headers(made.status, message["headers"])
            made.failed = made.status >= 500 and hold_failure
            made.passed_on = made.headers is None and not made.failed
            decided.set()
            if made.passed_on:
                await send(message)
        elif made.passed_on:
            await send({**message, "body": b""} if head else message)
        elif made.headers is not None:
            parts.append(bytes(message.get("body", b"")))
            size += len(parts[-1])

    token = rendering.set(made.handover)
    try:
        await app(scope, take, give)
    except Exception:
        if made.status or not hold_failure:
            raise
        made.failed = True
    finally:
        rendering.reset(token)
    made.body = b"".join(parts)
    return made


def finished(made: Rendered, *, epoch: str, sequence: int, began: float) -> Page:
    """Make the page of a rendering; compresses, so it belongs in a thread. ``began`` is Unix time."""
    assert made.headers is not None
    assert made.handover.tags is not None
    never = made.handover.never.timestamp() if made.handover.never else 0.0
    ends = [moment.timestamp() for moment in (made.handover.until, made.handover.never) if moment]
    return Page(
        made.status,
        made.headers,
        made.handover.tags,
        epoch,
        sequence,
        began,
        min(ends, default=0.0),
        pack(made.headers, made.body),
        never,
    )


def too_large(made: Rendered) -> bool:
    """Say whether the answer is a download rather than a page."""
    return len(made.body) > LARGEST

"""The product's web application, which writes down each rendering that Django begins: a line with the
path in the file ``counted`` of the home."""

from __future__ import annotations

import asyncio
import os
from typing import cast

from django.conf import settings

from newsroom.asgi import django_application
from newsroom.live.streams import Streams
from newsroom.pagecache.asgi import PageCache
from newsroom.pagecache.rendering import App, Receive, Scope, Send
from newsroom.room import Room

SECONDS = 0.3  # by which each rendering is longer, so that all readers of a herd meet it


async def counted(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "http":
        line = f"{scope['path']}\n".encode()
        log = os.open(settings.HOME / "counted", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        os.write(log, line)
        os.close(log)
        await asyncio.sleep(SECONDS)
    await cast(App, django_application)(scope, receive, send)


application = Streams(PageCache(Room(counted)))

"""The web application: the streams of open pages and finished pages first, Django behind them."""

from __future__ import annotations

import os
from typing import cast

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")

django_application = get_asgi_application()

from newsroom.live.streams import Streams  # noqa: E402
from newsroom.pagecache.asgi import PageCache  # noqa: E402
from newsroom.pagecache.rendering import App  # noqa: E402
from newsroom.room import Room  # noqa: E402

application = Streams(PageCache(Room(cast(App, django_application))))

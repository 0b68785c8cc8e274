"""The timetable: what is swept how often. ``celery -A newsroom.timetable beat`` is the process that sends it out.

It needs the names of the tasks alone, so it does without Django's apps: a quarter of a worker's memory, and up in a third
of the time.
"""

from __future__ import annotations

import os
from typing import Any

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")

from django.conf import settings

# What is swept, by which task, every how many seconds. A message that no worker took in its time expires: a day without
# workers must not leave a day's worth of sweeps behind.
TIMETABLE: dict[str, tuple[str, float]] = {
    "outbox: what a lost doorbell left": ("newsroom.outbox.relay", 2.0),
    "stories: what is scheduled and due": ("articles.schedule", 2.0),
    "products: offers to look at again": ("articles.recheck", 5.0),
    "stories: live ones whose time is over": ("articles.live", 5.0),
    "mail: letters whose doorbell was lost": ("newsroom.mail.post", 5.0),
    "pictures: files that are due": ("media_assets.render", 5.0),
    "pictures: agencies’ watched folders": ("media_assets.feeds", 5.0),
    "newsletters: issues with deliveries to make": ("newsletters.sweep", 5.0),
    "notices: letters that are due": ("newsroom.notices.post", 30.0),
    "outbox: what is long done": ("newsroom.outbox.tidy", 3600.0),
    "mail: words that nobody needs any more": ("newsroom.mail.tidy", 3600.0),
    "notices: what was told long ago": ("newsroom.notices.tidy", 3600.0),
    "pictures: older ones that nobody has compared": ("media_assets.likenesses", 300.0),
    "pictures: uploads that broke off": ("media_assets.tidy", 3600.0),
    "pictures: what Getty Images took back": ("media_assets.getty-changes", 60.0),
    "pictures: uses to report to Getty Images": ("media_assets.getty-usage", 300.0),
    "pictures: rights that end soon": ("media_assets.ending", 600.0),
    "complaints: addresses to erase, days that come near": ("articles.complaints", 3600.0),
    "stories: pages that readers saw years ago": ("articles.retention", 86400.0),
    "newsletters: what came back": ("newsletters.returned", 60.0),
    "newsletters: sign-ups that waited for Redis": ("newsletters.queued", 5.0),
    "newsletters: imports to take in": ("newsletters.imports", 5.0),
    "newsletters: addresses kept no longer": ("newsletters.retention", 3600.0),
    "newsletters: the chain of receipts": ("newsletters.receipts", 86400.0),
}

# For those who send as for those who work.
CONFIGURATION: dict[str, Any] = {
    "broker_url": settings.REDIS_URL,
    "broker_connection_retry_on_startup": True,
    "broker_transport_options": {
        "visibility_timeout": 600,
        # Without these a web request would hang on a broker that is away; the sweep delivers later instead.
        "socket_timeout": 5,
        "socket_connect_timeout": 1,
        "retry_on_timeout": False,
    },
    "task_ignore_result": True,
    "task_acks_late": True,
    "task_reject_on_worker_lost": True,
    "task_default_queue": "newsroom",
    "worker_prefetch_multiplier": 1,
    "worker_hijack_root_logger": False,
    "timezone": "UTC",
    "beat_schedule": {
        name: {"task": task, "schedule": seconds, "options": {"expires": min(seconds, 60.0)}}
        for name, (task, seconds) in TIMETABLE.items()
    },
}

app = Celery("newsroom", fixups=[], set_as_current=False)  # no fixups: Celery's would set Django up
app.conf.update(CONFIGURATION)

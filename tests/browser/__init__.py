"""The ground of the browser journeys: Chromium, the real server, a real worker, a real mailbox.

A plugin of pytest (``tests/conftest.py`` names it). Everything runs on the test database and the Valkey database of
this pytest process, listens on free loopback ports, and is ended by its own process id.

Fixtures:
    chromium: the browser, once per pytest process.
    site: granian with the web application. ``site.url``, ``site.page(person=None, width=1280, dark=False)``,
        ``site.sign_in(page, person)``.
    worker: a Celery worker with beat, two processes.
    mailbox: an SMTP sink. Ask for it before ``site`` or ``worker``, or by ``site`` itself: both post into it.
    real_password: gives a person a password that the site can check (tests hash with MD5, the site does not).

Wait for what the page or the database shows (``page.get_by_...``, ``until``), never for a number of seconds.
"""

from __future__ import annotations

from tests.browser.letterbox import Mailbox, mailbox, only_mailbox
from tests.browser.looking import axe_problems, glance, keep_picture, look_over
from tests.browser.processes import (
    ROOT,
    Process,
    always,
    database_url,
    media_folder,
    pytest_runtest_makereport,
    ready,
    real_password,
    start_site,
    start_worker,
    static_root,
    surroundings,
    worker,
    worker_answers,
)
from tests.browser.waiting import PATIENCE, free_port, until
from tests.browser.window import Site, chromium, pytest_collection_modifyitems, site

__all__ = [
    "PATIENCE",
    "ROOT",
    "Mailbox",
    "Process",
    "Site",
    "always",
    "axe_problems",
    "chromium",
    "database_url",
    "free_port",
    "glance",
    "keep_picture",
    "look_over",
    "mailbox",
    "media_folder",
    "only_mailbox",
    "pytest_collection_modifyitems",
    "pytest_runtest_makereport",
    "ready",
    "real_password",
    "site",
    "start_site",
    "start_worker",
    "static_root",
    "surroundings",
    "until",
    "worker",
    "worker_answers",
]

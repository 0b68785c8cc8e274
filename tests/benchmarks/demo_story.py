"""The demo's running story, written and published over HTTP as its people do it, in a newsroom of its own.

A page of a few paragraphs would flatter whatever is measured beside it: this one has pictures, tied quotations, a
product, the newsletter box, related stories and the structured data of all that.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from tests.benchmarks.serving import free_port
from tests.benchmarks.sizes import database, servers

UNTIL = "The editor publishes it"


@contextmanager
def newsroom(name: str, folder: Path) -> Iterator[int]:
    """An empty newsroom with a database called ``name`` and its files in ``folder``; yields a free port, which ORIGIN
    names. Everything stands in the environment, for the servers that are started meanwhile.

    Uses DATABASE_URL and REDIS_URL where they are set, else servers of its own. Sets Django up: once in a process.
    """
    with ExitStack() as held:
        servers(held)
        port = free_port()
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "newsroom.settings",
            "ORIGIN": f"http://127.0.0.1:{port}",
            "PRIVATE_SHOPS": "true",
            **{where: str(folder / where) for where in ("STATIC_ROOT", "MEDIA_ROOT", "PRIVATE_ROOT")},
        }
        import django

        django.setup()
        from django.core.management import call_command

        call_command("collectstatic", verbosity=0, interactive=False)
        parts = urlsplit(os.environ["DATABASE_URL"])
        held.enter_context(database(name))
        os.environ["DATABASE_URL"] = urlunsplit(parts._replace(path=f"/{name}"))
        yield port


def publish(origin: str) -> str:
    """Have the demo's people write and publish the story at ``origin``; return its path.

    Raises:
        StepFailed: the site did not do what a step asks for.
    """
    from django.utils import timezone

    from newsroom.demo import content, seed
    from newsroom.demo.steps import STEPS, Job

    passwords = {role: secrets.token_urlsafe(12) for role, _, _ in content.PEOPLE}
    now = timezone.now()
    cast = seed.people(passwords, {})
    seed.newsroom(cast, now)
    seed.shop(cast, free_port(), now)  # nothing answers there: its pages are never asked for here
    seed.features(cast, now)
    job = Job(origin, passwords, now)
    for name, step in STEPS:
        step(job)
        if name == UNTIL:
            break
    return job.told.path

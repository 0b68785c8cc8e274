"""The demo's running story, written and published over HTTP as its people do it, in a newsroom of its own.

A page of a few paragraphs would flatter whatever is measured beside it: this one has pictures, tied quotations, a
product, the newsletter box, related stories and the structured data of all that.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit

from tests.benchmarks.scale import database
from tests.benchmarks.serving import free_port

UNTIL = "The editor publishes it"


@contextmanager
def newsroom(name: str) -> Iterator[None]:
    """An empty database, which DATABASE_URL names for the servers that are started meanwhile."""
    parts = urlsplit(os.environ["DATABASE_URL"])
    with database(name):
        os.environ["DATABASE_URL"] = urlunsplit(parts._replace(path=f"/{name}"))
        try:
            yield
        finally:
            os.environ["DATABASE_URL"] = urlunsplit(parts)


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

"""The same errands in a small database and in a large one: as many queries, hardly more time."""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.benchmarks.errands import RUNS, Errand

ROUNDS = 5  # the databases take turns: a busy moment of the machine falls on both
RATIO = 1.5


def compare(
    what: str, sizes: tuple[int, int], errands: Callable[[int], dict[str, Errand]], *, grows: Collection[str] = ()
) -> None:
    """Print queries, milliseconds and ratio of each errand; end the process with a word where one grew.

    Each size gets a database of its own on the server of DATABASE_URL, or on one that is started for it.

    Args:
        what: "stories", in the plural. sizes: how many in the small and in the large database. errands: fills the
            database in use with so many and says what to measure. grows: errands whose time may grow.
    """
    with ExitStack() as held:
        servers(held)
        django_ready(held)
        todo: dict[int, dict[str, Errand]] = {}
        for size in sizes:
            began = time.monotonic()
            held.enter_context(database(f"bench_{what}_{size}"))
            todo[size] = errands(size)
            print(f"{size:,} {what}, written in {time.monotonic() - began:.0f} s", flush=True)
        asked: dict[int, dict[str, int]] = {}
        took: dict[int, dict[str, list[float]]] = {size: {name: [] for name in todo[size]} for size in sizes}
        for size in sizes:
            _use(f"bench_{what}_{size}")
            asked[size] = {name: errand.queries() for name, errand in todo[size].items()}
        for turn in range(ROUNDS):
            for size in sizes if turn % 2 else sizes[::-1]:
                _use(f"bench_{what}_{size}")
                for name, errand in todo[size].items():
                    took[size][name] += errand.times(10 + turn * (RUNS + 1))
        small, large = sizes
        slow, more = [], []
        for name in todo[small]:
            medians = {size: statistics.median(took[size][name]) for size in sizes}
            for size in sizes:
                print(f"figure: {name}_queries_{size} = {asked[size][name]} queries")
                print(f"figure: {name}_time_{size} = {medians[size]:.1f} ms")
            ratio = medians[large] / medians[small]
            print(f"figure: {name}_ratio = {ratio:.2f} ratio")
            slow += [name] if ratio > RATIO and name not in grows else []
            more += [name] if asked[large][name] > asked[small][name] else []
        if slow or more:
            raise SystemExit(f"Slower by more than {RATIO}: {slow}. More queries: {more}.")


def servers(held: ExitStack) -> None:
    """See to it that DATABASE_URL and REDIS_URL lead somewhere, for as long as ``held`` is open."""
    if not (os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL")):
        from newsroom import embedded
        from newsroom.env import home

        made = held.enter_context(embedded.running(home() / "bench"))
        os.environ["DATABASE_URL"], os.environ["REDIS_URL"] = made.database_url, made.redis_url


def django_ready(held: ExitStack) -> None:
    """Set Django up, with files of its own for as long as ``held`` is open."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "newsroom.settings"
    import django

    django.setup()
    from django.conf import settings
    from django.db import connections
    from django.test.utils import setup_test_environment

    connections.settings["default"]["IDLE"] = 0  # one that is kept would hold its database when that is dropped
    setup_test_environment()
    settings.PRIVATE_ROOT = Path(held.enter_context(tempfile.TemporaryDirectory()))
    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}


def _on_the_server(statement: str) -> None:
    from django.db import connection

    with connection._nodb_cursor() as cursor:
        cursor.execute(statement)


def _use(name: str) -> None:
    """Lead Django's connection to this database."""
    from django.db import connection

    from newsroom.database.keeping import kept

    connection.close()
    kept.close()  # one that waits for the next request would keep the database from being dropped
    connection.settings_dict["NAME"] = name


@contextmanager
def database(name: str) -> Iterator[None]:
    """An empty database with all tables, dropped afterwards; Django's connection leads to it at first."""
    from django.core.management import call_command
    from django.db import connection

    before = connection.settings_dict["NAME"]
    _on_the_server(f'DROP DATABASE IF EXISTS "{name}"')
    _on_the_server(f'CREATE DATABASE "{name}"')
    try:
        _use(name)
        call_command("migrate", verbosity=0, interactive=False)
        yield
    finally:
        _use(before)
        _on_the_server(f'DROP DATABASE "{name}"')

"""Pages that say what is not there give their connection to PostgreSQL back, whatever thread they were written in."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test import Client

from tests.factories import articles as make
from tests.factories.accounts import person
from tests.pagecache.visiting import get, process


def others() -> int:
    """How many connections there are to this database besides this one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        return int(cursor.fetchone()[0])


@pytest.mark.django_db(transaction=True)
def test_a_lost_reader_keeps_no_connection(settings: object) -> None:
    settings.ORIGIN, settings.ALLOWED_HOSTS = "http://127.0.0.1:8000", ["127.0.0.1"]  # type: ignore[attr-defined]
    make.published_story()
    client = Client()
    client.force_login(person("marketing"))
    cookie = f"desk={client.cookies['desk'].value}"
    left = []

    async def visit() -> None:
        app = process()
        for path, status in (("/nothing/here/", 404), ("/desk/nothing/", 404), ("/desk/stories/", 403)):
            assert (await get(app, path, cookie=cookie)).status == status
        with ThreadPoolExecutor(1) as aside:  # a thread of which none of the pages was written
            left.append(await asyncio.get_running_loop().run_in_executor(aside, counted))

    def counted() -> int:
        try:
            return others()
        finally:
            connection.close()

    connection.close()  # ours, so that only what the pages left is counted
    asyncio.run(visit())
    assert left == [0]

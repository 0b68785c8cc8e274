"""A page that is purged each time while it is made: its reader is answered all the same."""

from __future__ import annotations

import asyncio

import pytest

from newsroom.pagecache.store import Store
from tests.pagecache.site import Press
from tests.pagecache.visiting import get, process


def test_the_first_reader_of_a_route_is_answered(press: Press, monkeypatch: pytest.MonkeyPatch) -> None:
    """The route was learnt with their request, whose body was read then: nobody may wait for it a second time."""

    async def outdated(self: Store, key: str, page: object) -> bool:
        return False

    monkeypatch.setattr(Store, "store", outdated)

    async def visit() -> None:
        answer = await asyncio.wait_for(get(process(), "/kept/"), 10)
        assert (answer.status, answer.text) == (200, ":first words")

    asyncio.run(visit())

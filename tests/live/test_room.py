"""However many ask at once, Django has no more on its hands than it has connections for."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from newsroom import room
from newsroom.room import Room


async def ask(app: Room, method: str = "GET") -> int:
    answered: list[int] = []

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            answered.append(message["status"])

    async def receive() -> Any:
        return {"type": "http.disconnect"}

    await app({"type": "http", "method": method, "path": "/"}, receive, send)
    return answered[0]


def test_the_next_wait_and_are_turned_away_at_last(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "AT_ONCE", 3)
    monkeypatch.setattr(room, "PATIENCE", 0.3)
    most = inside = 0

    async def slow(scope: Any, receive: Any, send: Any) -> None:
        nonlocal most, inside
        inside += 1
        most = max(most, inside)
        await asyncio.sleep(0.2)
        inside -= 1
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def visit() -> None:
        app = Room(slow)
        assert sorted(await asyncio.gather(*(ask(app) for _ in range(9)))) == [200] * 6 + [503] * 3
        assert most == 3
        assert await ask(app) == 200  # and there is room again

    asyncio.run(visit())


def test_one_that_fails_gives_its_place_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "AT_ONCE", 1)
    monkeypatch.setattr(room, "PATIENCE", 0.3)

    async def broken(scope: Any, receive: Any, send: Any) -> None:
        raise RuntimeError("It broke.")

    async def visit() -> None:
        app = Room(broken)
        for _ in range(3):
            with pytest.raises(RuntimeError, match="It broke"):
                await ask(app)

    asyncio.run(visit())


def test_who_reads_is_told_when_nothing_comes_and_the_work_keeps_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "AT_ONCE", 1)
    monkeypatch.setattr(room, "PATIENCE", 0.1)

    async def visit() -> None:
        goes_on = asyncio.Event()

        async def hangs(scope: Any, receive: Any, send: Any) -> None:
            await goes_on.wait()
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b"", "more_body": False})

        app = Room(hangs)
        app.longest = 0.2
        assert await ask(app) == 503, "and what comes too late is not sent as well"
        assert await ask(app) == 503, "there is no room: the first still works"
        goes_on.set()
        await asyncio.sleep(0.05)
        assert await ask(app) == 200
        goes_on.clear()
        writing = asyncio.create_task(ask(app, "POST"))
        await asyncio.sleep(0.4)
        assert not writing.done(), "who writes is not told to try again: it may be done"
        goes_on.set()
        assert await writing == 200

    asyncio.run(visit())

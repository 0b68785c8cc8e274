"""The demo's Getty Images on a free port of this machine, and the settings that name it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from django.test import override_settings

from media_assets import getty, getty_asking
from newsroom.demo import getty as agency
from newsroom.servers import Getty
from tests.factories.media_assets import picture_bytes


def drawn(scene: str) -> bytes:
    """A small picture of its own for each scene: the demo's drawings take a second each."""
    return picture_bytes(900, 600, seed=sum(scene.encode()))


def shown(number: int, **facts: object) -> agency.Shown:
    """One more picture, the newest of all."""
    made = replace(agency.PICTURES[0], id=f"17000{number:05}", title=f"Picture {number}", scene=f"scene {number}")
    return replace(made, **{"created": f"2025-10-01T10:{number % 60:02}:00-00:00", **facts})  # type: ignore[arg-type]


@contextmanager
def open_getty(**facts: object) -> Iterator[agency.Agency]:
    """``facts``: of the agency. Its settings hold inside the block."""
    # A port may be another test's of a moment ago: what was learned there is not true here.
    getty_asking._tokens.clear()
    getty._agreements.clear()
    there = agency.Agency(draw=drawn, **facts)  # type: ignore[arg-type]
    server = agency.open_for(there, 0)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    address = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        with override_settings(GETTY=Getty(address, agency.KEY, agency.SECRET)):
            yield there
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

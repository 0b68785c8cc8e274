"""Waiting for what a page or the database shows."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
PATIENCE = float(os.environ.get("PATIENCE", "90"))  # seconds: a busy machine with two cores


def until(look: Callable[[], T], what: str, *, seconds: float = PATIENCE, alive: Callable[[], None] | None = None) -> T:
    """Ask again until the answer is true, and return it.

    Args:
        look: asked every 50 ms; an answer that is falsy means not yet.
        what: named in the failure.
        alive: called each time; raises when waiting has become useless.
    """
    ends = time.monotonic() + seconds
    while True:
        if found := look():
            return found
        if alive:
            alive()
        if time.monotonic() > ends:
            raise AssertionError(f"Waited {seconds:.0f} seconds in vain: {what}")
        time.sleep(0.05)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

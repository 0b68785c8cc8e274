"""An event for the faults' tests: its handler appends to a file, and waits while a gate file is there.

Imported by the tests and by the worker that they start.
"""

from __future__ import annotations

import time
from pathlib import Path

from newsroom.outbox import EventData, event, handler

HAPPENED = event("faults.happened", fields=("number", "folder"))


@handler(HAPPENED, name="faults.write", does="Write a row")
def write(event: EventData) -> None:
    folder = Path(event.payload["folder"])
    with (folder / "began").open("a") as file:
        file.write(f"{event.payload['number']}\n")
    while (folder / "gate").exists():
        time.sleep(0.01)
    with (folder / "done").open("a") as file:
        file.write(f"{event.payload['number']}\n")

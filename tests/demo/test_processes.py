"""The demo's processes: how one of them begins."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

from newsroom.demo.processes import Child, Undertaker

SAYS = "import signal; print(signal.getsignal(signal.SIGTERM).name, signal.getsignal(signal.SIGHUP).name)"


def test_one_that_starts_while_the_demo_ends_can_be_told_to_end(tmp_path: Path) -> None:
    """The demo ignores signals from the first Ctrl-C on, and whoever it starts then would inherit that."""
    undertaker, child = Undertaker(), Child("worker", [sys.executable, "-c", SAYS], lambda: True, tmp_path)
    before = {number: signal.signal(number, signal.SIG_IGN) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        child.start(undertaker)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    child.end(undertaker)
    undertaker.end()
    assert child.log.read_text() == "SIG_DFL SIG_IGN\n", "a closed terminal is the demo’s own matter"

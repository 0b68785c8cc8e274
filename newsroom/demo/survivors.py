"""Ends what a killed demo leaves behind: told each process's number, it waits for its pipe to close.

python -m newsroom.demo.survivors

Nothing less sure will do. A process that is asked to end by a signal of the kernel's at its parent's death may be waiting
for a server that has just ended too (Celery lets running tasks finish first, Granian its requests), and the processes
that it started itself hear nothing at all. Standard library only.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys


def main() -> None:
    """Read lines of a name and a process group ("web 4711"; "web 0" when it has ended) until the last writer is gone."""
    # Asked to end with the demo, it would leave the others alone.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    groups: dict[str, int] = {}
    for line in sys.stdin:
        name, _, group = line.partition(" ")
        groups[name] = int(group)
    for group in groups.values():
        # 0 would be our own group; a number stays taken for as long as one process of its group lives.
        if group > 0:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(group, signal.SIGKILL)


if __name__ == "__main__":
    main()

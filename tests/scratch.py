"""Where tests keep whole homes: in memory where there is room.

A home is a thousand small files; on a disk making them costs more processor time than everything that PostgreSQL does with
them in a test. What is killed with -9 keeps its files either way.
"""

from __future__ import annotations

import os
import shutil

NEEDED = 4 * 2**30  # bytes; several test processes with a demo each


def scratch() -> str:
    """A folder that every user can reach and that programs may be run from."""
    memory = "/dev/shm"
    try:
        room = shutil.disk_usage(memory).free
        runs = not os.statvfs(memory).f_flag & getattr(os, "ST_NOEXEC", 0)
    except OSError:
        return "/tmp"
    return memory if room >= NEEDED and runs and os.access(memory, os.W_OK) else "/tmp"

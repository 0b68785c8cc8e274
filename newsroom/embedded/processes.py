"""Processes by proof, not by number; and locks that the kernel lets go when their holder dies."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from .errors import EmbeddedError

_PROC = Path("/proc")


def started(pid: int) -> str | None:
    """When a process began, as text that no other process of that number shares.

    Args:
        pid: the process id.

    Returns:
        On Linux the boot's id and the start in clock ticks, elsewhere what ps prints; None for no process, or a zombie.
    """
    if sys.platform == "linux":
        try:
            # The name stands in brackets and may hold spaces and brackets itself: count from the last one.
            fields = (_PROC / str(pid) / "stat").read_text(errors="replace").rpartition(")")[2].split()
            boot = (_PROC / "sys/kernel/random/boot_id").read_text().strip()
        except OSError:
            return None
        return None if fields[0] in "ZX" else f"{boot} {fields[19]}"
    answer = subprocess.run(
        ["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False, env={"LC_ALL": "C"}
    )
    return answer.stdout.strip() or None


@dataclass(frozen=True, slots=True)
class Process:
    """One process, told apart from a later one that was given the same number."""

    pid: int
    started: str

    @classmethod
    def of(cls, pid: int) -> Process | None:
        """The process that has this number now, or None."""
        since = started(pid)
        return None if since is None else cls(pid, since)

    def alive(self) -> bool:
        """Whether this very process still runs."""
        return started(self.pid) == self.started

    def signal(self, number: int) -> bool:
        """Send a signal, only to this very process.

        Args:
            number: a signal of the signal module.

        Returns:
            False when the process is gone; nothing was sent then.
        """
        if not self.alive():
            return False
        try:
            os.kill(self.pid, number)
        except ProcessLookupError:
            return False
        return True

    def stop(self, *steps: tuple[int, float]) -> bool:
        """Send one signal after the other until the process is gone.

        Args:
            steps: signals with the seconds to wait after each.

        Returns:
            True when it is gone.
        """
        for number, seconds in (*steps, (signal.SIGKILL, 5.0)):
            if not self.signal(number):
                return True
            if wait_until(lambda: not self.alive(), seconds):
                return True
        return not self.alive()


def wait_until(answer: object, seconds: float, pause: float = 0.02) -> bool:
    """Ask again and again until the answer is true.

    Args:
        answer: a callable without arguments.
        seconds: how long to ask.
        pause: seconds between two questions.

    Returns:
        Whether it became true in time.
    """
    assert callable(answer)
    deadline = time.monotonic() + seconds
    while True:
        if answer():
            return True
        if time.monotonic() >= deadline:
            return False
        time.sleep(pause)


class Lock:
    """A lock on a file (flock): the kernel releases it when its holder ends, by kill -9 too."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._fd: int | None = None

    def acquire(self, *, wait: float = 0.0) -> bool:
        """Take the lock.

        Args:
            wait: seconds to keep trying.

        Returns:
            Whether it is ours now.
        """
        assert self._fd is None
        # Python opens without inheritance across exec: a server that inherited this would keep the lock for ever.
        fd = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)

        def taken() -> bool:
            try:
                fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            return True

        if wait_until(taken, wait):
            self._fd = fd
            return True
        os.close(fd)
        return False

    def release(self) -> None:
        """Give the lock back; does nothing when it is not ours."""
        if self._fd is not None:
            # Closing alone is not enough: a forked child that shares the open file would keep the lock.
            fcntl.flock(self._fd, fcntl.LOCK_UN)
            os.close(self._fd)
            self._fd = None

    def held(self) -> bool:
        """Whether somebody holds the lock at this moment."""
        if self._fd is not None:
            return True
        try:
            fd = os.open(self.path, os.O_RDWR | os.O_NOFOLLOW)
        except FileNotFoundError:
            return False
        try:
            fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(fd)
        return False

    @contextmanager
    def hold(self, *, wait: float, doing: str) -> Iterator[None]:
        """Hold the lock for a block.

        Args:
            wait: seconds to keep trying.
            doing: what the refusal says that we wanted.

        Raises:
            EmbeddedError: somebody else kept the lock for longer than that.
        """
        if not self.acquire(wait=wait):
            raise EmbeddedError(f"cannot {doing}: another process has kept {self.path} locked for {wait:.0f} seconds")
        try:
            yield
        finally:
            self.release()

"""The demo's own processes: web, worker, mail. One that dies is started again; all of them end with the demo."""

from __future__ import annotations

import contextlib
import ctypes
import functools
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from .place import DemoError

_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def _end_with_parent(number: int) -> None:
    """In the child: end when the demo ends, also by kill -9; otherwise the port would stay taken for ever."""
    if _libc is not None:
        _libc.prctl(1, number)


class Child:
    """One process of the demo, kept running.

    Args:
        name: what the log file is called.
        command: what to run, with this interpreter's own folder first in the path.
        ready: says whether it answers yet.
        logs: folder for its output.
        orphaned: the signal that it gets when the demo was killed.
    """

    def __init__(
        self,
        name: str,
        command: list[str],
        ready: Callable[[], bool],
        logs: Path,
        *,
        orphaned: int = signal.SIGTERM,
    ) -> None:
        self.name, self.command, self.ready, self.orphaned = name, command, ready, orphaned
        self.log = logs / f"{name}.log"
        self.process: subprocess.Popen[bytes] | None = None
        self.starts = 0

    def start(self) -> None:
        if self.process is not None:
            # It died, but a child of its own may live and hold the port.
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                stdout=log,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C reaches the demo alone, which ends the others in order
                preexec_fn=functools.partial(_end_with_parent, self.orphaned),
            )
        self.starts += 1

    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def stop(self, seconds: float = 8.0) -> None:
        """Ask it to end, then make it; its own children are in the same session and go with it."""
        if self.process is None:
            return
        for number, patience in ((signal.SIGTERM, seconds), (signal.SIGKILL, 3.0)):
            try:
                os.killpg(self.process.pid, number)
            except (ProcessLookupError, PermissionError):
                break
            try:
                self.process.wait(patience)
            except subprocess.TimeoutExpired:
                continue
            break


class Family:
    """All processes of the demo, with a watcher that starts again what died."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.children: list[Child] = []
        self._ending = threading.Event()
        self._watcher = threading.Thread(target=self._watch, daemon=True, name="demo-watcher")

    def add(self, child: Child) -> None:
        self.children.append(child)

    def __enter__(self) -> Family:
        self._watcher.start()
        deadline = time.monotonic() + 60
        try:
            for child in self.children:
                while not (child.alive() and child.ready()):
                    if time.monotonic() > deadline:
                        raise DemoError(f"The {child.name} process does not answer; its output is in {child.log}.")
                    time.sleep(0.05)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *exc: object) -> None:
        self._ending.set()
        self._watcher.join()

    def _watch(self) -> None:
        """Start, watch and stop from one thread: a child ends with the thread that started it, not with the process."""
        last: dict[str, float] = {}
        while not self._ending.is_set():
            for child in self.children:
                if not child.alive() and time.monotonic() - last.get(child.name, 0.0) > 1.0:
                    last[child.name] = time.monotonic()
                    child.start()
            self._keep_numbers()
            self._ending.wait(0.1)
        for child in reversed(self.children):
            child.stop()
        (self.home / "demo-processes").unlink(missing_ok=True)

    def _keep_numbers(self) -> None:
        """Write down who runs, so that somebody (or the next demo) can tell our processes from others."""
        lines = [f"{child.name} {child.process.pid}" for child in self.children if child.process and child.alive()]
        text = "\n".join(lines)
        path = self.home / "demo-processes"
        if not path.exists() or path.read_text() != text:
            path.write_text(text)


def listens(port: int) -> Callable[[], bool]:
    """Return a question: does somebody answer on this port?"""

    def ask() -> bool:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=0.5):
                return True
        except OSError:
            return False

    return ask


def family(home: Path, *, port: int, mail_url: str) -> Family:
    """Return the demo's processes, not started yet.

    Args:
        home: folder for logs, inbox and the worker's timetable.
        port: the site's port.
        mail_url: where the local mail server is to listen.
    """
    python, logs = sys.executable, home / "logs"
    mail_port = urlsplit(mail_url).port or 25
    all_of_them = Family(home)
    sink = [python, "-m", "newsroom.demo.sink", "--port", str(mail_port), "--folder", str(home / "inbox")]
    all_of_them.add(Child("mail", sink, listens(mail_port), logs))
    worker = [python, "-m", "celery", "-A", "newsroom.celery", "worker", "--beat", "--concurrency", "2"]
    worker += [
        "--loglevel",
        "WARNING",
        "--schedule",
        str(home / "beat-schedule"),
        "--without-gossip",
        "--without-mingle",
    ]
    # An orphaned worker has lost its servers as well: asked to end in peace, it would wait for them for ever. SIGQUIT ends
    # it cold, its children included; what it was doing is in the ledgers.
    all_of_them.add(Child("worker", worker, lambda: True, logs, orphaned=signal.SIGQUIT))
    web = [python, "-m", "granian", "--interface", "asginl", "--host", "127.0.0.1", "--port", str(port)]
    web += ["--workers", "1", "--no-ws", "--log-level", "warning", "newsroom.asgi:application"]
    all_of_them.add(Child("web", web, listens(port), logs))
    return all_of_them

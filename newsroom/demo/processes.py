"""The demo's own processes: web, worker, timetable, mail, shop, Getty Images. One that dies is started again; all
of them end with the demo.

The keeper of the embedded servers is looked after as well; it is nobody's child, and ends when nobody holds it.
"""

from __future__ import annotations

import contextlib
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

from newsroom import embedded

from .place import DemoError

_START_SECONDS = 60.0
_END_SECONDS = 8.0  # then it is made to end


class Undertaker:
    """Our end of the process that ends the others when this one is killed (survivors.py)."""

    def __init__(self) -> None:
        self._reading, self._writing = os.pipe()
        self._process: subprocess.Popen[bytes] | None = None

    def look_after(self) -> bool:
        """Have it run; returns whether it had to be started, so that it knows of nobody yet."""
        if self._process is not None and self._process.poll() is None:
            return False
        command = [sys.executable, "-m", "newsroom.demo.survivors"]
        # A session of its own: a Ctrl-C at the terminal, or a kill of the demo's whole group, does not reach it.
        self._process = subprocess.Popen(command, stdin=self._reading, start_new_session=True)
        return True

    def tell(self, name: str, group: int) -> None:
        """Tell it of a process, by its group; 0 for one that has ended."""
        with contextlib.suppress(BrokenPipeError):
            os.write(self._writing, f"{name} {group}\n".encode())

    def end(self) -> None:
        """Let it end: nobody is left."""
        os.close(self._writing)
        os.close(self._reading)
        if self._process is not None:
            self._process.wait()


class Child:
    """One process of the demo, kept running.

    Args:
        name: what the log file is called.
        command: what to run.
        ready: says whether it answers yet.
        logs: folder for its output.
    """

    def __init__(self, name: str, command: list[str], ready: Callable[[], bool], logs: Path) -> None:
        self.name, self.command, self.ready = name, command, ready
        self.log = logs / f"{name}.log"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, undertaker: Undertaker) -> None:
        self.kill()  # it died, but a child of its own may live and hold the port
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                stdout=log,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C reaches the demo alone, which ends the others in order
                preexec_fn=lambda: self._begin(undertaker),
            )

    def _begin(self, undertaker: Undertaker) -> None:
        """In the new process, before it runs anything: a demo that is killed in this moment leaves nobody unnamed."""
        undertaker.tell(self.name, os.getpid())
        # A demo that is just ending ignores these; a process that did so too would have to be waited for, and killed.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)

    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def ask_to_end(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def end(self, undertaker: Undertaker) -> None:
        """Wait until it has ended, then end what it has left behind."""
        if self.process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(_END_SECONDS)
            self.kill()
            self.process.wait()
        undertaker.tell(self.name, 0)

    def kill(self) -> None:
        """Kill it with everything that it started: they share its session."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)


class Family:
    """All processes of the demo, with a watcher that starts again what died.

    Args:
        home: folder for the list of who runs.
        children: in the order of their start; the first ends last, the others at once.
    """

    def __init__(self, home: Path, children: list[Child]) -> None:
        self.home, self.children = home, children
        # Under make a killed make ends the demo too: nobody could press Ctrl-C any more.
        self._make = os.getppid() if os.environ.get("MAKELEVEL") else 0
        self._undertaker = Undertaker()
        self._ending = threading.Event()
        self._watcher = threading.Thread(target=self._watch, daemon=True, name="demo-watcher")

    def __enter__(self) -> Family:
        self._watcher.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._ending.set()
        self._watcher.join()

    def wait_until_ready(self) -> None:
        """Wait until all of them answer.

        Raises:
            DemoError: one does not, within a minute.
        """
        deadline = time.monotonic() + _START_SECONDS
        for child in self.children:
            while not (child.alive() and child.ready()):
                if time.monotonic() > deadline:
                    raise DemoError(f"The {child.name} process does not answer; its output is in {child.log}.")
                time.sleep(0.02)

    def _watch(self) -> None:
        last: dict[str, float] = {}
        while not self._ending.is_set():
            self._look_after_servers()
            # A full disk refuses logs and the list of who runs; those who run are looked after all the same.
            with contextlib.suppress(OSError):
                self._look_after(last)
            if self._make and os.getppid() != self._make:
                os.kill(os.getpid(), signal.SIGTERM)
                break
            self._ending.wait(0.1)
        self._ending.wait()
        self._end()

    def _look_after_servers(self) -> None:
        """Have the embedded servers' keeper replaced; there is none where the servers are one's own."""
        try:
            embedded.look_after(self.home / "servers")
        except embedded.EmbeddedError as error:
            sys.stderr.write(f"{error}\n")

    def _look_after(self, last: dict[str, float]) -> None:
        """Start whoever does not run. ``last``: when each was started last, by name."""
        if self._undertaker.look_after():
            for child in self.children:
                if child.process is not None:
                    self._undertaker.tell(child.name, child.process.pid)
        for child in self.children:
            if not child.alive() and time.monotonic() - last.get(child.name, 0.0) > 1.0:
                last[child.name] = time.monotonic()
                child.start(self._undertaker)
        self._keep_numbers()

    def _end(self) -> None:
        mail, *others = self.children
        for child in others:
            child.ask_to_end()
        for child in others:
            child.end(self._undertaker)
        # Last: what the worker finishes may be a letter.
        mail.ask_to_end()
        mail.end(self._undertaker)
        self._undertaker.end()
        (self.home / "demo-processes").unlink(missing_ok=True)

    def _keep_numbers(self) -> None:
        """Write down who runs, for a person who looks for them."""
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


def family(home: Path, *, port: int, mail_url: str, shop_port: int, getty_port: int) -> Family:
    """Return the demo's processes, not started yet.

    Args:
        home: folder for logs, inbox and the worker's timetable.
        port: the site's port.
        mail_url: where the local mail server is to listen.
        shop_port: the local shop's port.
        getty_port: the local Getty Images' port.
    """
    python, logs = sys.executable, home / "logs"
    mail_port = urlsplit(mail_url).port or 25
    sink = [python, "-m", "newsroom.demo.sink", "--port", str(mail_port), "--folder", str(home / "inbox")]
    shop = [python, "-m", "newsroom.demo.shop", "--port", str(shop_port)]
    getty = [python, "-m", "newsroom.demo.getty", "--port", str(getty_port)]
    celery = [python, "-m", "celery", "-A"]
    worker = [*celery, "newsroom.celery", "worker", "--concurrency", "2", "--without-gossip", "--without-mingle"]
    # Not inside the worker, which would not notice its end: the sweeps would stop for good.
    timetable = [*celery, "newsroom.timetable", "beat", "--pidfile=", "--schedule", str(home / "beat-schedule")]
    for each in (worker, timetable):
        each += ["--loglevel", "WARNING"]
    web = [python, "-m", "granian", "--interface", "asginl", "--host", "127.0.0.1", "--port", str(port)]
    web += [
        "--workers",
        "1",
        "--workers-kill-timeout",
        "2",
        "--no-ws",
        "--log-level",
        "warning",
        "newsroom.asgi:application",
    ]
    return Family(
        home,
        [
            Child("mail", sink, listens(mail_port), logs),
            Child("shop", shop, listens(shop_port), logs),
            Child("getty", getty, listens(getty_port), logs),
            Child("worker", worker, lambda: True, logs),
            Child("web", web, listens(port), logs),
            Child("timetable", timetable, lambda: True, logs),
        ],
    )

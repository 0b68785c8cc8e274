"""A demo of its own for a test: run, watched, killed, with a clock that runs ahead, and its ledgers to read."""

from __future__ import annotations

import contextlib
import email
import email.policy
import os
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import psycopg2

from newsletters import book, delivery
from newsroom import embedded
from newsroom.demo.steps import STEPS
from newsroom.embedded.place import Layout
from newsroom.embedded.state import read_state
from newsroom.mail import posting
from newsroom.outbox import relaying
from tests.browser import ROOT, free_port
from tests.scratch import scratch

SECONDS = 120.0  # until a test gives up; a busy machine takes half a minute for a first start
NAMES = [name for name, _ in STEPS]
STALE = 3.0  # seconds after which the clock takes a claim for a dead process's
SERVING = "Serving until Ctrl-C."

# The waits of real time that a test does not want to sit out: the next attempt after a refusal, and the lease of a
# process that was killed. A claim of the last seconds may be a living process's and keeps its time.
HURRY = f"""
UPDATE mail_letter SET due_at = now() WHERE state = 'planned' AND due_at > now();
UPDATE mail_letter SET claimed_until = now() - interval '1 s'
 WHERE state = 'claimed' AND claimed_until < now() + interval '{posting.LEASE_SECONDS - STALE} s'
    OR state = 'handing_over' AND claimed_until < now() + interval '{posting.HANDING_OVER.total_seconds() - STALE} s';
UPDATE newsletters_issue SET next_try_at = now() WHERE next_try_at > now();
UPDATE newsletters_delivery SET not_before = now() WHERE state = 'planned' AND not_before > now();
UPDATE newsletters_delivery SET lease_until = now() - interval '1 s'
 WHERE state = 'claimed' AND lease_until < now() + interval '{delivery.LEASE.total_seconds() - STALE} s'
    OR state = 'handing_over' AND lease_until < now() + interval '{book.HANDING_LEASE.total_seconds() - STALE} s';
UPDATE outbox_effect SET due_at = now() WHERE done_at IS NULL AND attempts > 0 AND due_at > now();
UPDATE outbox_effect SET claimed_until = now() - interval '1 s'
 WHERE done_at IS NULL AND claimed_until < now() + interval '{relaying.LEASE_SECONDS - STALE} s';
"""
OPEN = """
SELECT (SELECT count(*) FROM mail_letter WHERE state IN ('planned', 'claimed', 'handing_over'))
     + (SELECT count(*) FROM newsletters_delivery WHERE state IN ('planned', 'claimed', 'handing_over'))
     + (SELECT count(*) FROM newsletters_issue WHERE state = 'sending')
     + (SELECT count(*) FROM outbox_effect WHERE done_at IS NULL)
"""


class Demo:
    """``manage.py demo`` with its own home and servers."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.port = free_port()
        self.database_url = ""  # of servers of one's own; empty for the embedded ones
        left_out = {"DATABASE_URL", "REDIS_URL", "MAIL_URL", "ORIGIN", "DEMO", "DEBUG", "PORT", "MAKELEVEL"}
        self.environment = {name: value for name, value in os.environ.items() if name not in left_out}
        self.environment |= {"NEWSROOM_HOME": str(home), "PYTHONUNBUFFERED": "1"}
        self.environment["PAGE_PATIENCE"] = "30"  # however slow this machine is now
        self.process: subprocess.Popen[str] | None = None
        self.lines: list[str] = []
        self.complaints = ""
        self._heard = threading.Condition()
        self._readers: list[threading.Thread] = []

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "manage.py", "demo", "--port", str(self.port), *arguments]

    def start(self, *arguments: str, command: list[str] | None = None, **how: Any) -> None:
        """Start it in a session of its own, as a terminal would."""
        self.lines, self.complaints = [], ""
        self.process = subprocess.Popen(
            command or self.command(*arguments),
            **{"cwd": ROOT, "env": self.environment, "preexec_fn": hears_the_terminal, **how},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self._readers = [threading.Thread(target=read, daemon=True) for read in (self._read, self._read_complaints)]
        for reader in self._readers:
            reader.start()

    def _read(self) -> None:
        assert self.process
        assert self.process.stdout
        for line in self.process.stdout:
            with self._heard:
                self.lines.append(line.rstrip("\n"))
                self._heard.notify_all()
        with self._heard:
            self._heard.notify_all()

    def _read_complaints(self) -> None:
        assert self.process
        assert self.process.stderr
        self.complaints = self.process.stderr.read()

    def run(self, *arguments: str, **how: Any) -> tuple[int, str, str]:
        """Run it to its end; returns the exit status and both outputs."""
        self.start(*arguments, **how)
        return self.end(), "\n".join(self.lines), self.complaints

    def end(self) -> int:
        """Wait for its end."""
        assert self.process
        code = self.process.wait(SECONDS)
        for reader in self._readers:
            reader.join(SECONDS)
        return code

    def reaches(self, words: str, *, or_else: str = SERVING) -> bool:
        """Wait for a line with these words; False when one with the others comes first, or the end."""
        assert self.process
        deadline = time.monotonic() + SECONDS
        seen = 0
        with self._heard:
            while True:
                for line in self.lines[seen:]:
                    if words in line:
                        return True
                    if or_else in line:
                        return False
                seen = len(self.lines)
                if self.process.poll() is not None and not self._readers[0].is_alive():
                    return False
                assert time.monotonic() < deadline, f"{words!r} did not come: {self.said}"
                self._heard.wait(0.1)

    def begins(self, step: str) -> bool:
        """Wait until a step begins, that is, until the one before it has said that it is done."""
        before = NAMES.index(step) - 1
        return self.reaches(f"ok  {NAMES[before]}" if before >= 0 else "ok  Processes")

    @property
    def said(self) -> str:
        return "\n".join(self.lines) + "\n" + self.complaints

    @property
    def done(self) -> list[str]:
        """The names of the steps that were done."""
        return [name for name in NAMES if any(line.startswith(f"  ok  {name}: ") for line in self.lines)]

    def interrupt(self) -> int:
        """Press Ctrl-C: the whole group of the terminal gets it."""
        assert self.process
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGINT)
            os.killpg(self.process.pid, signal.SIGCONT)
        return self.end()

    def kill(self, victim: str) -> int:
        """Kill a process of it with -9; returns its number."""
        until(lambda: self.pid(victim), f"{victim} runs")  # 0 would be our own group
        pid = self.pid(victim)
        assert pid > 0
        os.kill(pid, signal.SIGKILL)
        return pid

    def freeze(self) -> None:
        """Have the demo itself stand still, but none of its processes; ``interrupt`` ends it all the same."""
        assert self.process
        os.kill(self.process.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """Have it go on."""
        assert self.process
        os.kill(self.process.pid, signal.SIGCONT)

    def pid(self, victim: str) -> int:
        """Its number now; 0 for none."""
        assert self.process
        if victim == "demo":
            return self.process.pid
        if victim == "keeper":
            state = read_state(Layout.of(self.home / "servers"))
            return state.keeper.pid if state else 0
        if victim in ("postgres", "valkey"):
            servers = embedded.find(self.home / "servers")
            return 0 if servers is None else int(getattr(servers, f"{victim}_pid"))
        name, _, child = victim.partition("'s ")
        processes = dict(line.split() for line in (self.home / "demo-processes").read_text().splitlines())
        pid = processes.get(name, "0")
        if not child:
            return int(pid)
        try:
            return int((Path(f"/proc/{pid}/task/{pid}/children").read_text().split() or [0])[-1])
        except OSError:  # it ends at this moment, or waits for its next start
            return 0

    def left_over(self) -> list[str]:
        """Processes of this home's runs that live, whoever their parent is."""
        found = []
        for place in Path("/proc").glob("[0-9]*"):
            try:
                ours = f"NEWSROOM_HOME={self.home}\0".encode() in (place / "environ").read_bytes()
                command = (place / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            except OSError:
                continue
            if ours and command:  # a zombie has none
                found.append(f"{place.name} {command[:100]}")
        return found

    def ask(self, statement: str, **values: object) -> list[tuple[Any, ...]]:
        """Ask its database; the demo must run."""
        connection = psycopg2.connect(self._address(), connect_timeout=5)
        try:
            with connection, connection.cursor() as cursor:
                cursor.execute(statement, values)
                return cursor.fetchall() if cursor.description else []
        finally:
            connection.close()

    def _address(self) -> str:
        if self.database_url:
            return self.database_url
        servers = embedded.find(self.home / "servers")
        assert servers, "its servers do not run"
        return servers.database_url

    @contextmanager
    def hurried(self) -> Iterator[None]:
        """Have leases and waits run out for as long as the block runs."""
        ended = threading.Event()

        def hurry() -> None:
            while not ended.wait(0.5):
                # The database may be the one that was killed, or stand before its migrations.
                with contextlib.suppress(psycopg2.Error, AssertionError):
                    self.ask(HURRY)

        clock = threading.Thread(target=hurry, daemon=True)
        clock.start()
        try:
            yield
        finally:
            ended.set()
            clock.join()

    def settle(self) -> None:
        """Wait until nothing is under way any more."""
        until(lambda: self.ask(OPEN) == [(0,)], "everything has come to its end")

    def inbox(self) -> list[EmailMessage]:
        """The letters that arrived, in their order."""
        found = []
        for path in sorted((self.home / "inbox").glob("*.eml")):
            letter = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            assert isinstance(letter, EmailMessage)
            found.append(letter)
        return found

    def put_away(self) -> None:
        """End whatever still runs, so that no test leaves anything behind for the next."""
        while left := self.left_over():  # until none is: the demo starts another for each that is killed before it
            for line in left:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(int(line.split()[0]), signal.SIGKILL)
            time.sleep(0.05)
        embedded.remove(self.home / "servers")


def hears_the_terminal() -> None:
    """Undo what `nohup` and a shell's `&` hand down: demos that neither a closed terminal nor Ctrl-C would end."""
    for number in (signal.SIGHUP, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)


@contextmanager
def folder() -> Iterator[Path]:
    """A folder that the servers' user can reach, with a space and an accent in its path; pytest's own are closed to it."""
    parent = Path(tempfile.mkdtemp(prefix="newsroom démo ", dir=scratch()))
    parent.chmod(0o755)
    try:
        yield parent
    finally:
        shutil.rmtree(parent)


def until(true: Callable[[], object], what: str, seconds: float = SECONDS) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"Waited in vain until {what}."
        time.sleep(0.05)


def under_make(demo: Demo, folder: Path) -> list[str]:
    """The command line that has make run the demo, as `make demo` does when everything is installed."""
    command = " ".join(shlex.quote(word) for word in demo.command())
    (folder / "Makefile").write_text(f"demo:\n\t@{command}\n")
    return ["make", "--no-print-directory", "-f", str(folder / "Makefile"), "demo"]

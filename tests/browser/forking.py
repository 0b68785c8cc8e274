"""A process that has the product imported already, and forks a site or a worker off for each test.

Importing Django and the product anew took most of a second of processor time for each process of each journey, of which
there are hundreds. What is forked off is as fresh as what is started: the one that waits has opened nothing (it says so
itself before each fork), has answered nobody, and holds only what importing leaves behind.

``main`` is its program, which reads one request a line from its standard input, in JSON, and
answers with one line:

    ["start", ["-m", "granian", ...], "/path/of/the.log"] -> the number of a process, leader of a group of its own
    ["ended", 4711] -> null while it runs, then its exit status (negative: the signal that ended it), once

It ends at the end of its input, that is, with the tests.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import runpy
import signal
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any


class Ready:
    """The waiting process, seen from the tests."""

    def __init__(self, environment: dict[str, str], folder: Path) -> None:
        self.environment = environment
        command = [sys.executable, "-c", "from tests.browser.forking import main; main()"]
        self._process = subprocess.Popen(
            command,
            env=environment,
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            process_group=0,  # what ends the tests' whole group must not end it before it has ended what it forked off
        )

    @property
    def pid(self) -> int:
        return self._process.pid

    def _ask(self, *request: Any) -> Any:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        assert answer, "the process that others are forked from has ended; what it said is above"
        return json.loads(answer)

    def start(self, arguments: list[str], log: Path) -> Forked:
        """Run Python with these arguments (``-m``, a module, the module's own) in a fork, its output added to ``log``."""
        assert arguments[0] == "-m", arguments
        return Forked(int(self._ask("start", arguments[1:], str(log))), lambda pid: self._ask("ended", pid))

    def end(self) -> None:
        """End it, with all that still runs of what was forked off; once is enough."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()


class Forked:
    """A process that was forked off; what ``subprocess.Popen`` offers of it."""

    def __init__(self, pid: int, ended: Callable[[int], int | None]) -> None:
        self.pid, self._ended = pid, ended
        self.returncode: int | None = None

    def poll(self) -> int | None:
        if self.returncode is None:
            self.returncode = self._ended(self.pid)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        ends = None if timeout is None else time.monotonic() + timeout
        while (code := self.poll()) is None:
            if ends is not None and time.monotonic() > ends:
                raise subprocess.TimeoutExpired(f"process {self.pid}", timeout or 0)
            time.sleep(0.01)
        return code


# ---- the waiting process itself ----


def main() -> None:
    import_everything()
    # What was imported is swept once and then left in place: a collection would copy every page of it in every fork.
    gc.collect()
    gc.freeze()
    running: set[int] = set()
    for line in sys.stdin:
        match json.loads(line):
            case ["start", [module, *arguments], log]:
                assert threading.active_count() == 1, "a thread would not be there in the fork"
                pid = os.fork()
                if not pid:
                    become(module, arguments, log)
                with contextlib.suppress(OSError):  # whoever of the two is first; it may be signalled at once
                    os.setpgid(pid, pid)
                running.add(pid)
                answer = pid
            case ["ended", pid]:
                found, status = os.waitpid(pid, os.WNOHANG)
                running -= {found}
                answer = os.waitstatus_to_exitcode(status) if found else None
        print(json.dumps(answer), flush=True)
    for pid in running:  # the tests were killed: what they would have ended
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)


def import_everything() -> None:
    """Import what a site and a worker import, down to the views and their templates."""
    import celery.bin.celery
    import celery.concurrency.prefork
    import granian.cli
    import granian.server
    from django.template import engines
    from django.urls import get_resolver

    import newsroom.asgi
    from newsroom.celery import app

    assert all([celery.bin.celery, celery.concurrency.prefork, granian.cli, granian.server, newsroom.asgi.application])
    app.loader.import_default_modules()
    assert get_resolver().url_patterns
    folders = {Path(folder) for engine in engines.all() for folder in engine.template_dirs}
    for engine in engines.all():
        for folder in map(Path, engine.template_dirs):
            within = {other for other in folders if folder in other.parents}  # the other engine's
            for path in sorted(folder.rglob("*.html")):
                if not within & set(path.parents):
                    engine.get_template(path.relative_to(folder).as_posix())


def become(module: str, arguments: list[str], log: str) -> None:
    """Turn this fork into `python -m module arguments`."""
    with contextlib.suppress(OSError):
        os.setpgid(0, 0)
    nothing, output = os.open(os.devnull, os.O_RDONLY), os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    for mine, theirs in ((nothing, 0), (output, 1), (output, 2)):
        os.dup2(mine, theirs)
    os.close(nothing)
    os.close(output)
    sys.argv = [module, *arguments]
    code: int | str | None = 1
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
        code = 0
    except SystemExit as error:
        code = error.code
        if isinstance(code, str):
            print(code, file=sys.stderr)
            code = 1
    except BaseException:
        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code or 0)  # not back into the loop that forked it

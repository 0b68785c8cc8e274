"""python -m newsroom.embedded {run,status,stop,remove}."""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
from pathlib import Path

from . import EmbeddedError, find, holders, look_after, remove, running, stop
from .home import home

_LOOKS = 0.5  # seconds between two looks at the keeper


def main(arguments: list[str] | None = None) -> int:
    """The command line.

    Args:
        arguments: without the program's name; None for those of the process.

    Returns:
        The exit code: of the command for `run`; 1 for `status` when nothing runs; 2 for a wrong call; 3 for an
        EmbeddedError.
    """
    parser = argparse.ArgumentParser(
        prog="python -m newsroom.embedded", description="PostgreSQL and Valkey from their wheels."
    )
    verbs = parser.add_subparsers(dest="verb", required=True)
    run = verbs.add_parser("run", help="run a command with DATABASE_URL and REDIS_URL set")
    run.add_argument("--no-fsync", action="store_true", help="faster, and not safe against a power cut: for tests")
    run.add_argument("command", nargs=argparse.REMAINDER, metavar="-- command")
    status = verbs.add_parser("status", help="show what runs and who holds it")
    ending = verbs.add_parser("stop", help="stop the servers, whoever holds them")
    removing = verbs.add_parser("remove", help="stop the servers and delete their data")
    for verb in (run, status, ending, removing):
        verb.add_argument("--home", type=Path, default=home() / "servers", help="default: %(default)s")
    given = parser.parse_args(arguments)
    try:
        if given.verb == "run":
            command = given.command[1:] if given.command[:1] == ["--"] else given.command
            if not command:
                run.error("no command was given")
            with running(given.home, fsync=not given.no_fsync) as servers:
                addresses = {"DATABASE_URL": servers.database_url, "REDIS_URL": servers.redis_url}
                return _run(command, {**os.environ, **addresses}, given.home)
        if given.verb == "status":
            return _status(given.home)
        if given.verb == "stop":
            print("stopped" if stop(given.home) else "nothing runs")
            return 0
        remove(given.home)
        return 0
    except EmbeddedError as error:
        print(f"newsroom.embedded: {error}", file=sys.stderr)
        return 3


def _status(folder: Path) -> int:
    servers = find(folder)
    if servers is None:
        print("nothing runs")
        return 1
    print(f"DATABASE_URL={servers.database_url}  (process {servers.postgres_pid})")
    print(f"REDIS_URL={servers.redis_url}  (process {servers.valkey_pid})")
    for pid, command in sorted(holders(folder).items()):
        print(f"held by {pid}: {command}")
    return 0


def _run(command: list[str], environment: dict[str, str], folder: Path) -> int:
    passed_on = (signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2)
    waiting: list[int] = []
    child: subprocess.Popen[bytes] | None = None

    def pass_on(number: int, _frame: object) -> None:
        if child is None:
            waiting.append(number)
        else:
            child.send_signal(number)

    before = {number: signal.signal(number, pass_on) for number in passed_on}
    # A Ctrl-C reaches the command by the terminal itself; we must only outlive it.
    before[signal.SIGINT] = signal.signal(signal.SIGINT, lambda number, frame: None)
    try:
        try:
            child = subprocess.Popen(command, env=environment)
        except OSError as error:
            print(f"newsroom.embedded: cannot run {command[0]}: {error.strerror}", file=sys.stderr)
            return 127 if isinstance(error, FileNotFoundError) else 126
        for number in waiting:
            child.send_signal(number)
        code = _wait(child, folder)
        return code if code >= 0 else 128 - code
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _wait(child: subprocess.Popen[bytes], folder: Path) -> int:
    """Wait for the command's end, and have a keeper meanwhile whatever happens to it."""
    while True:
        try:
            return child.wait(_LOOKS)
        except subprocess.TimeoutExpired:
            try:
                look_after(folder)
            except EmbeddedError as error:
                print(f"newsroom.embedded: {error}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())

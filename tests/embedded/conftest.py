"""Homes for servers of the tests' own, and other processes that hold them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from newsroom import embedded
from newsroom.embedded import Servers
from tests.scratch import scratch

ROOT = Path(__file__).resolve().parents[2]

_HOLD = """
import json, sys
from dataclasses import asdict
from pathlib import Path
from newsroom import embedded
with embedded.running(Path(sys.argv[1]), fsync=sys.argv[2] == "on") as servers:
    print(json.dumps(asdict(servers)), flush=True)
    sys.stdin.read()
"""


class Holder:
    """Another process that holds the servers until it is told to leave, or killed."""

    def __init__(self, home: Path, *, fsync: bool = True, python: str = sys.executable, **how: Any) -> None:
        self.process = subprocess.Popen(
            [python, "-c", _HOLD, str(home), "on" if fsync else "off"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            **how,
        )

    def servers(self) -> Servers:
        """Wait until it holds."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise AssertionError(self.process.communicate()[1])
        return Servers(**json.loads(line))

    def leave(self) -> int:
        """Have it leave in good order; its exit code."""
        self.process.communicate(timeout=60)
        return self.process.returncode

    def kill(self) -> None:
        """Kill it with -9."""
        self.process.kill()
        self.process.communicate(timeout=60)


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder that every user can reach, as a checkout's is; pytest's own temporary folders are closed to others."""
    parent = Path(tempfile.mkdtemp(prefix="newsroom tést ", dir=scratch()))
    parent.chmod(0o755)
    yield parent / "sérvers of a test"
    embedded.remove(parent / "sérvers of a test")
    shutil.rmtree(parent)


@pytest.fixture(scope="session")
def made_once() -> Iterator[Path]:
    """A home whose servers have run once, for copies."""
    parent = Path(tempfile.mkdtemp(prefix="newsroom-", dir=scratch()))
    parent.chmod(0o755)
    with embedded.running(parent / "home", fsync=False):
        pass
    yield parent / "home"
    embedded.remove(parent / "home")
    shutil.rmtree(parent)


@pytest.fixture
def kept_data(home: Path, made_once: Path) -> None:
    """Have the home hold the data of servers that ran before, where a test is not about how they are made at first."""
    # cp, because the data folder belongs to the servers' user, and must go on doing so.
    subprocess.run(["cp", "-a", str(made_once), str(home)], check=True)


with_data = pytest.mark.usefixtures("kept_data")


@pytest.fixture
def hold(home: Path) -> Iterator[Callable[..., Holder]]:
    """Start other holders of the home; those that are left at the end are killed."""
    started: list[Holder] = []

    def start(**how: Any) -> Holder:
        started.append(Holder(how.pop("home", home), **how))
        return started[-1]

    yield start
    for holder in started:
        if holder.process.poll() is None:
            holder.kill()


def ask(servers: Servers, statement: str) -> Any:
    """Run a statement in a connection of its own, committed; the first column of the first row, if any."""
    connection = psycopg2.connect(servers.database_url, connect_timeout=10)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchone()[0] if cursor.description else None
    finally:
        connection.close()


def user_of(pid: int) -> int:
    """The effective user of a process."""
    return os.stat(f"/proc/{pid}").st_uid

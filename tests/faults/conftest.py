"""A demo's home, prepared once and copied for each test."""

from __future__ import annotations

import fcntl
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.demo import Demo, folder, until


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with database, static files, people and features, before the first step: what takes longest, once.

    Not for running in: the servers' user cannot reach it.
    """
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    home, done = shared / "prepared-demo", shared / "prepared-demo.done"
    with (shared / "prepared-demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            with folder() as parent:
                prepare(Demo(parent / "home"), home)
            done.touch()
    return home


def prepare(demo: Demo, home: Path) -> None:
    """Make a demo's home and leave a copy of it at ``home``."""
    try:
        demo.start()
        assert demo.reaches("ok  Newsroom"), demo.said
        demo.freeze()  # the steps begin when the site answers, and that takes longer than this
        due = "SELECT count(*) FROM media_assets_asset WHERE files_due_at IS NOT NULL"
        until(lambda: demo.ask(due) == [(0,)], "the pictures have their sizes")
        demo.settle()
        assert demo.interrupt() == 0, demo.said
        assert demo.done == [], demo.said
        copy(demo.home, home)
    finally:
        demo.put_away()


def copy(source: Path, target: Path) -> None:
    # cp, because the data folder belongs to the servers' user, and must go on doing so.
    subprocess.run(["cp", "-a", str(source), str(target)], check=True)


@pytest.fixture
def demo(prepared: Path) -> Iterator[Demo]:
    """A demo on a fresh copy of the prepared home, not running yet."""
    with folder() as parent:
        copy(prepared, parent / "home")
        # Those of the copy that another test process runs at this moment, perhaps before it listens there.
        for server in ("mail", "shop", "getty"):
            (parent / f"home/demo-{server}-port").unlink()
        made = Demo(parent / "home")
        try:
            yield made
        finally:
            made.put_away()

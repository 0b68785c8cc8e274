"""Processes that are forked off, not started: each is told apart, ends with its own status, and leaves nobody."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser import ROOT, Process, until
from tests.browser.forking import Forked, Ready

ENDLESS = "import time\nprint('here', __name__, flush=True)\ntime.sleep(600)\n"


@pytest.fixture
def ours(tmp_path: Path, static_root: Path, settings: object) -> Iterator[Ready]:
    environment = {
        **os.environ,
        "PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}",
        "STATIC_ROOT": str(static_root),
        "SECRET_KEY": settings.SECRET_KEY,  # type: ignore[attr-defined]
    }
    (tmp_path / "endless.py").write_text(ENDLESS)
    (tmp_path / "ends.py").write_text("import sys\nprint(sys.argv[1:])\nsys.exit(int(sys.argv[1]))\n")
    (tmp_path / "breaks.py").write_text("1 / 0\n")
    made = Ready(environment, ROOT)
    yield made
    made.end()


def test_what_is_forked_is_the_program_that_was_asked_for(ours: Ready, tmp_path: Path) -> None:
    ends = [Process("ends", ["-m", "ends", code], ours.environment, tmp_path / code, ours) for code in ("0", "3")]
    assert [one.started.wait(60) for one in ends] == [0, 3]
    assert [one.log.read_text() for one in ends] == ["['0']\n", "['3']\n"]
    broken = Process("breaks", ["-m", "breaks"], ours.environment, tmp_path / "broken", ours)
    assert broken.started.wait(60) == 1
    assert "ZeroDivisionError" in broken.log.read_text()
    with pytest.raises(AssertionError, match="breaks ended with 1"):
        broken.must_live()


def test_it_lives_until_it_is_killed_or_the_tests_are(ours: Ready, tmp_path: Path) -> None:
    one, two = (Process(name, ["-m", "endless"], ours.environment, tmp_path / name, ours) for name in ("one", "two"))
    for process in (one, two):
        until(lambda log=process.log: log.exists() and log.read_text() == "here __main__\n", "it runs")  # type: ignore[misc]
        process.must_live()
    one.kill()
    assert one.started.returncode == -9
    two.must_live()
    assert os.getpgid(ours.pid) == ours.pid, "a signal to the tests' whole group would reach it"
    ours.end()
    until(lambda: not alive(two.pid), "whoever was left has been ended")


def test_another_environment_is_not_forked(ours: Ready, tmp_path: Path) -> None:
    other = Process("ends", ["-m", "ends", "0"], ours.environment | {"DEMO": "true"}, tmp_path / "log", ours)
    assert not isinstance(other.started, Forked)
    assert other.started.wait(60) == 0


def alive(pid: int) -> bool:
    """Say whether a process runs; one that has ended and is not reaped yet does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False

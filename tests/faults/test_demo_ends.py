"""However the demo ends, nothing of it runs on; and what it made is there at the next start."""

from __future__ import annotations

import os
import signal
import socket
import sys
from pathlib import Path

import pytest

from tests.faults.demo import Demo, under_make, until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="finds processes through /proc")

STOPPED = "Stopped. Everything is kept for the next run."
GONE_WITHIN = 10.0  # seconds; the servers' shutdown takes one, on a busy machine a few


def nobody_is_left(demo: Demo) -> None:
    until(lambda: not demo.left_over(), f"nobody is left: {demo.left_over()}", seconds=GONE_WITHIN)
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", demo.port))


def test_killed_while_its_processes_come_up_it_leaves_nobody(demo: Demo) -> None:
    """They hear no signal yet that they could obey. Later moments stand in test_demo.py."""
    demo.start()
    assert demo.reaches("ok  Static files"), demo.said
    demo.kill("demo")
    demo.end()
    nobody_is_left(demo)


def test_who_ends_the_others_ends_last_and_is_replaced_when_it_is_killed(demo: Demo) -> None:
    demo.start()
    assert demo.reaches("ok  Processes"), demo.said
    undertaker = of_module(demo, "newsroom.demo.survivors")
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        os.kill(undertaker, number)
    assert demo.reaches("ok  The reporter writes"), demo.said
    assert of_module(demo, "newsroom.demo.survivors") == undertaker
    os.kill(undertaker, signal.SIGKILL)
    until(lambda: of_module(demo, "newsroom.demo.survivors") not in (0, undertaker), "there is another")
    demo.kill("worker")  # its own processes have just lost their parent
    demo.kill("demo")
    demo.end()
    nobody_is_left(demo)


def test_a_killed_make_takes_the_demo_with_it(demo: Demo, tmp_path: Path) -> None:
    demo.start(command=under_make(demo, tmp_path))
    assert demo.reaches("ok  Processes"), demo.said
    assert demo.process
    demo.process.kill()  # make alone: the demo is another process, and ends as after a plain kill
    nobody_is_left(demo)
    assert demo.lines[-1] == STOPPED


@pytest.mark.parametrize("signals", [[signal.SIGINT, signal.SIGINT], [signal.SIGHUP]])
def test_ctrl_c_also_pressed_again_and_a_closed_terminal_end_it_while_its_processes_come_up(
    signals: list[int], demo: Demo
) -> None:
    demo.start()
    assert demo.reaches("ok  Static files"), demo.said
    assert demo.process
    for number in signals:
        os.killpg(demo.process.pid, number)
    assert demo.end() == 0
    assert demo.lines[-1] == STOPPED
    assert demo.complaints == ""
    assert demo.left_over() == []


def test_ctrl_c_while_the_servers_start_says_nothing_and_leaves_nobody(demo: Demo) -> None:
    demo.start()
    until(lambda: (demo.home / "servers/keeper.lock").exists() and demo.left_over()[1:], "its servers' keeper starts")
    assert demo.interrupt() in (0, 130)
    assert "Traceback" not in demo.complaints
    until(lambda: not demo.left_over(), "nobody is left", seconds=GONE_WITHIN)


def of_module(demo: Demo, module: str) -> int:
    """The number of the process that runs a module; 0 for none."""
    found = [int(line.split()[0]) for line in demo.left_over() if f"-m {module}" in line]
    return found[0] if found else 0

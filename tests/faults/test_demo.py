"""The demo's main job with each of its processes killed under it: nothing is lost, nothing comes twice."""

from __future__ import annotations

import random
import sys
import time

import pytest

from tests.faults.demo import NAMES, SERVING, Demo, until
from tests.faults.effects import CONFIRMATION, LETTER, Run, nothing_came_twice, what_was_done_is_there

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="finds processes through /proc")

WRITE, SUBMIT, APPROVE = "The reporter writes the story", "The reporter submits it", "The editor approves it"
PUBLISH, OPEN = "The editor publishes it", "A reader opens the page"
SIGN_UP, CONFIRM = "The reader signs up, one of two boxes ticked", "The reader presses the confirm button"
COMPOSE, SEND = "Marketing composes an issue from the story", "Marketing sends it"
LEAVE, PRICE = "The reader leaves with one click", NAMES[-1]
# A step takes between a tenth and a whole second; "~" before a victim lets a part of it pass first, another in each run.
LATER = 0.4
# Each of these runs is one start of the demo: whom it loses as which step begins or after a part of it, one after the
# other, each as soon as the one before is back. A step that a kill breaks ends its run early; the next start takes what is
# left of it first.
RUNS: list[list[tuple[str, str]]] = [
    [(WRITE, "web"), (SUBMIT, "demo")],
    [(APPROVE, "web's child"), (PUBLISH, "postgres")],
    [(OPEN, "worker"), (CONFIRMATION, "mail, worker"), (LETTER, "worker's child, mail"), (PRICE, "shop")],
    [(CONFIRMATION, "valkey, postgres, timetable"), (LETTER, "keeper, valkey"), (LEAVE, "web")],
    # With its last task taken away as it ends, which then waits for servers that end too.
    [(CONFIRMATION, "keeper, web's child, worker's child & demo")],
    [(LETTER, "worker, postgres, demo")],
    # In the middle of what writes, for readers and for marketing.
    [(SIGN_UP, "~web's child"), (CONFIRM, "~postgres")],
    [(COMPOSE, "~web"), (SEND, "~postgres")],
    [(CONFIRM, "~web's child"), (SEND, "~web's child, worker's child"), (LETTER, "~worker")],
]


def test_whatever_is_killed_nothing_is_lost_and_nothing_comes_twice(demo: Demo) -> None:
    runs: list[Run] = []
    plan = [list(run) for run in RUNS]
    with demo.hurried():
        while plan or runs[-1].done != NAMES:
            planned = sum(map(len, plan))
            demo.start()
            killed = kill_in_turn(demo, plan[0]) if plan else ""
            plan = [run for run in plan if run]
            if killed != "demo":
                demo.reaches(SERVING)
            runs.append(Run.of(demo))
            assert sum(map(len, plan)) < planned or runs[-1].done == NAMES, f"undisturbed, it has failed: {demo.said}"
            if killed != "demo" and (plan or runs[-1].done != NAMES):
                assert demo.interrupt() == 0, demo.said
        demo.settle()
    nothing_came_twice(demo)
    for run in runs:
        what_was_done_is_there(demo, run)


def kill_in_turn(demo: Demo, moments: list[tuple[str, str]]) -> str:
    """Kill whom this run is to lose, and take them off its list; returns who was killed last."""
    victim = ""
    while moments and demo.begins(moments[0][0]):
        for victims in moments.pop(0)[1].split(", "):
            for victim in victims.split(" & "):
                if victim.startswith("~"):
                    time.sleep(random.uniform(0, LATER))
                    victim = victim[1:]
                killed = demo.kill(victim)
            if victim == "demo":
                demo.end()
                until(lambda: not demo.left_over(), "its processes have ended with it", seconds=10)
            else:
                until(lambda one=victim, number=killed: demo.pid(one) not in (0, number), f"another {victim} runs")
    return victim

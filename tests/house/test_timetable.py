"""The broker may lose any message: each ledger has a sweep in the timetable that finds its work again."""

from __future__ import annotations

import inspect

from newsroom.celery import app
from newsroom.timetable import TIMETABLE


def swept() -> set[str]:
    return {task for task, _ in TIMETABLE.values()}


def test_every_sweep_is_a_task_that_exists() -> None:
    app.loader.import_default_modules()
    assert swept() <= set(app.tasks)


def test_every_task_without_arguments_is_in_the_timetable() -> None:
    """Without it a ledger's work waits for ever when its doorbell was lost."""
    app.loader.import_default_modules()
    ours = {
        name
        for name, task in app.tasks.items()
        if not name.startswith("celery.") and not inspect.signature(task.run).parameters
    }
    assert ours, "no task was found"
    assert ours - swept() == set()


def test_missed_sweeps_do_not_pile_up() -> None:
    for entry in app.conf.beat_schedule.values():
        assert entry["options"]["expires"] <= 60

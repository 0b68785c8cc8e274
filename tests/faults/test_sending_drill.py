"""Five thousand letters while workers, relay, PostgreSQL, broker and mail server are killed with -9 (promise 18)."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from tests.benchmarks import mail_drill
from tests.scratch import scratch


@pytest.mark.thorough
def test_everybody_has_one_letter_whatever_is_killed() -> None:
    with tempfile.TemporaryDirectory(dir=scratch()) as folder:
        Path(folder).chmod(0o755)
        drill = mail_drill.run(Path(folder), 5_000, seed=7, seconds=600, kills=(1.0, 2.5))
    assert sum(drill.killed.values()) >= 3

"""The folder for what this checkout keeps on this machine, by the rule of newsroom/env.py, without its dependencies."""

from __future__ import annotations

import os
from pathlib import Path


def home() -> Path:
    """NEWSROOM_HOME, or `.newsroom` beside pyproject.toml; need not exist.

    `servers` in it is the home of the servers that manage.py uses, `test` of those for the tests.
    """
    return Path(os.environ.get("NEWSROOM_HOME") or Path(__file__).resolve().parents[2] / ".newsroom").resolve()

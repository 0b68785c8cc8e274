"""The folder for what this checkout keeps on this machine."""

from __future__ import annotations

import os
from pathlib import Path


def default_home() -> Path:
    """NEWSROOM_HOME, or `.newsroom` beside pyproject.toml; need not exist.

    The same rule stands in newsroom/settings.py.
    """
    given = os.environ.get("NEWSROOM_HOME")
    return Path(given) if given else Path(__file__).resolve().parents[2] / ".newsroom"

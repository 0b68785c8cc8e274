"""`make demo` as a newcomer types it: what the Makefile makes of the words beside it."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("words", "arguments"),
    [
        ([], "demo"),
        (["PORT=8123", "ARGS=--once"], "demo --port 8123 --once"),
        (["ARGS=--once"], "demo --once"),
    ],
)
def test_the_demo_gets_its_port_and_arguments(words: list[str], arguments: str) -> None:
    # Nothing of the make that runs these tests.
    outer = {"ARGS", "PORT", "MAKEFLAGS", "MFLAGS", "MAKELEVEL"}
    environment = {name: value for name, value in os.environ.items() if name not in outer}
    command = ["make", "-n", "demo", *words]
    said = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True).stdout
    installs, runs = (" ".join(line.split()) for line in said.strip().splitlines())
    assert re.fullmatch(r"\S+ newsroom/install.py --with embedded", installs)
    assert runs == f".venv/bin/python manage.py {arguments}"


def test_the_lock_file_names_versions_and_no_place() -> None:
    lines = (ROOT / "requirements.lock").read_text().splitlines()
    pinned = [line for line in lines if line and not line.lstrip().startswith("#")]
    assert len(pinned) > 40
    assert [line for line in pinned if not re.match(r"[A-Za-z0-9._-]+(\[\w,-]+\])?==[^\s/]+( ;.*)?$", line)] == []

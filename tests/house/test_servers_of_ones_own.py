"""manage.py's switch: DATABASE_URL and REDIS_URL lead to servers of one's own, and nothing embedded is started."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import django.core.management
import pytest

import manage
from newsroom import embedded

OWN = {"DATABASE_URL": "postgres://me@db.example/newsroom", "REDIS_URL": "redis://cache.example:6379/0"}
EMBEDDED = {
    "DATABASE_URL": "postgres://newsroom:secret@127.0.0.1:40001/newsroom",
    "REDIS_URL": "redis://:secret@127.0.0.1:40002/0",
}
NONE = {"DATABASE_URL": "", "REDIS_URL": ""}


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[int, dict[str, str]]]:
    """Run a command of manage.py; returns how often servers were started, and the addresses that the command saw."""
    seen: dict[str, str] = {}
    started: list[Path] = []

    @contextmanager
    def running(home: Path) -> Iterator[Any]:
        started.append(home)
        yield SimpleNamespace(database_url=EMBEDDED["DATABASE_URL"], redis_url=EMBEDDED["REDIS_URL"])

    def execute(argv: list[str]) -> None:
        seen["DATABASE_URL"], seen["REDIS_URL"] = os.environ.get("DATABASE_URL", ""), os.environ.get("REDIS_URL", "")

    monkeypatch.setattr(embedded, "running", running)
    monkeypatch.setattr(django.core.management, "execute_from_command_line", execute)

    def command(*words: str, **environment: str) -> tuple[int, dict[str, str]]:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        manage.run(["manage.py", *words])
        return len(started), seen

    return command


def test_both_switch_the_embedded_ones_off(run: Callable[..., tuple[int, dict[str, str]]]) -> None:
    assert run("migrate", **OWN) == (0, OWN)


@pytest.mark.parametrize("unset", [True, False])
def test_without_them_any_command_has_servers(
    unset: bool, run: Callable[..., tuple[int, dict[str, str]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An empty variable counts as one that is not set."""
    for name in NONE:
        monkeypatch.delenv(name, raising=False)
    assert run("migrate", **({} if unset else NONE)) == (1, EMBEDDED)


@pytest.mark.parametrize("name", list(OWN))
def test_one_alone_is_used_beside_an_embedded_one(name: str, run: Callable[..., tuple[int, dict[str, str]]]) -> None:
    given = {**NONE, name: OWN[name]}
    assert run("migrate", **given) == (1, {**EMBEDDED, name: OWN[name]})


@pytest.mark.parametrize("words", [["help"], ["--version"], ["collectstatic", "--no-input"], []])
def test_what_reads_files_alone_starts_nothing(
    words: list[str], run: Callable[..., tuple[int, dict[str, str]]]
) -> None:
    assert run(*words, **NONE) == (0, NONE)

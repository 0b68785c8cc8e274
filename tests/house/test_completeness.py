"""Under CI=true a test that is left out or expected to fail is a failure; elsewhere it is not."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LEFT_OUT = {
    "a mark": "@pytest.mark.skip(reason='no scanner')\ndef test_one(): pass",
    "a condition": "@pytest.mark.skipif(True, reason='no scanner')\ndef test_one(): pass",
    "a call": "def test_one(): pytest.skip('no scanner')",
    "a fixture": "@pytest.fixture\ndef scanner(): pytest.skip('no scanner')\ndef test_one(scanner): pass",
    "a whole file": "pytest.skip('no scanner', allow_module_level=True)",
    "a missing import": "pytest.importorskip('no_scanner')",
    "expected to fail": "@pytest.mark.xfail(reason='no scanner')\ndef test_one(): assert False",
    "expected to fail and did not": "@pytest.mark.xfail(reason='no scanner')\ndef test_one(): pass",
    "gives up": "def test_one(): pytest.xfail('no scanner')",
}


def run(folder: Path, files: dict[str, str], *, ci: str) -> str:
    """Run test files with nothing but the plugin; return what pytest says of each."""
    for name, code in files.items():
        (folder / f"test_{name.replace(' ', '_')}.py").write_text(f"import pytest\n\n{code}\n")
    (folder / "pytest.ini").write_text("[pytest]\n")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    environment |= {"CI": ci, "PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    command = [sys.executable, "-m", "pytest", "-p", "tests.completeness", "-rA", "--continue-on-collection-errors"]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False).stdout


def test_what_is_left_out_fails_under_ci(tmp_path: Path) -> None:
    said = run(tmp_path, LEFT_OUT, ci="true")
    lines = [line for line in said.splitlines() if line.startswith(("FAILED ", "ERROR "))]
    assert [how for how in LEFT_OUT if not any(how.replace(" ", "_") + ".py" in line for line in lines)] == [], said
    assert said.count("CI=true l") >= len(LEFT_OUT)
    assert not any(word in said.splitlines()[-1] for word in ("passed", "skipped", "xfailed", "xpassed")), said
    for line in said.splitlines():
        if line.startswith("CI=true"):
            assert "scanner" in line, "the reason is missing"


def test_elsewhere_it_is_left_out(tmp_path: Path) -> None:
    said = run(tmp_path, LEFT_OUT, ci="")
    assert "CI=true" not in said
    assert "6 skipped, 2 xfailed, 1 xpassed" in said.splitlines()[-1]


def test_others_are_as_they_were(tmp_path: Path) -> None:
    files = {"one": "def test_one(): pass", "two": "def test_two(): assert False"}
    assert "1 failed, 1 passed" in run(tmp_path, files, ci="true").splitlines()[-1]


def test_it_is_in_force(request: pytest.FixtureRequest) -> None:
    assert request.config.pluginmanager.has_plugin("tests.completeness")

"""Imports go one way: the contracts of pyproject.toml hold, and no module stands outside them."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

ROOT = Path(__file__).resolve().parents[2]


def test_the_contracts_hold(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    result = lint_imports(config_filename="pyproject.toml", no_cache=True)
    assert result == EXIT_STATUS_SUCCESS, capsys.readouterr().out


def test_every_package_is_on_a_floor() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    contracts = {contract["name"].split(":")[0]: contract for contract in settings["contracts"]}
    for package in settings["root_packages"]:
        # Without it a new module would be held by no contract, and the run above would stay green.
        assert contracts[f"Inside {package}"]["exhaustive"], package
    # Below the apps, or named as what they may not import: one of the two, for each part of newsroom.
    ground = contracts["Apps"]["layers"][-1].split(" : ")
    roof = contracts["Apps import nothing from the roof"]["forbidden_modules"]
    here = ROOT / "newsroom"
    parts = [path.stem for path in here.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()]
    assert sorted(ground + roof) == sorted(f"newsroom.{part}" for part in parts if part != "__init__")

"""The units that production starts with: one user, one home, one file of settings, and the commands that the page names."""

from __future__ import annotations

import re
from pathlib import Path

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
SHARED = ("User=", "WorkingDirectory=", "Environment=", "EnvironmentFile=", "StateDirectory=", "ProtectSystem=")


def test_units_share_their_settings_and_the_page_names_their_commands() -> None:
    units = {unit.name: unit.read_text().splitlines() for unit in sorted(DEPLOY.glob("*.service"))}
    assert len(units) == 4
    # What migrates and what serves must read the same settings and write into the same home.
    shared = {name: [line for line in lines if line.startswith(SHARED)] for name, lines in units.items()}
    assert len({tuple(lines) for lines in shared.values()}) == 1, shared
    assert "Environment=NEWSROOM_HOME=/var/lib/newsroom" in shared["newsroom-web.service"]
    page = (DEPLOY / "README.md").read_text()
    assert set(re.findall(r"newsroom-[a-z]+", page)) >= {name.removesuffix(".service") for name in units}
    for kind in ("web", "worker", "beat"):
        lines = units[f"newsroom-{kind}.service"]
        command = next(line for line in lines if line.startswith("ExecStart=")).rpartition("/.venv/bin/")[2]
        assert f"`{command.replace(' --loglevel WARNING', '')}`" in page

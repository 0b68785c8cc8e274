"""The units that production starts with: one user, one home, one file of settings, and the commands that the page names."""

from __future__ import annotations

import re
from pathlib import Path

from media_assets.views import IMMUTABLE
from newsroom.pagecache.page import CACHE_CONTROL

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


def test_a_cache_of_nginx_keeps_what_the_pages_allow_and_nothing_else() -> None:
    """The lines for nginx pass over Cache-Control, so what they keep is chosen by its beginning: it must fit our pages."""
    page = (DEPLOY / "README.md").read_text()
    pattern = re.search(r'\$kept_nowhere \{ default 1; "~(.+?)" 0; \}', page)
    assert pattern
    assert re.search(pattern[1], CACHE_CONTROL.decode())
    for kept_nowhere in ("private, no-cache", "no-store, private", "max-age=0, no-cache, no-store", IMMUTABLE):
        assert not re.search(pattern[1], kept_nowhere), kept_nowhere
    seconds = re.search(r"proxy_cache_valid 200 301 308 410 (\d+)s;", page)
    assert seconds
    assert f"s-maxage={seconds[1]}," in CACHE_CONTROL.decode(), "promise 23"

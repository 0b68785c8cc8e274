"""A file that grows past 350 lines is two subjects."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MOST = 350
OURS = ["newsroom", "articles", "media_assets", "newsletters", "tests"]


def test_no_python_file_is_longer_than_a_subject() -> None:
    files = [path for folder in OURS for path in (ROOT / folder).rglob("*.py") if path.parent.name != "migrations"]
    assert len(files) > 500
    long = {str(path.relative_to(ROOT)) for path in files if len(path.read_text().splitlines()) > MOST}
    assert long == set()

"""The front door lists every setting that the tree reads, and none that it does not; its map names every part."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OURS = ["newsroom", "articles", "media_assets", "newsletters", "tests"]
# Named by others, or handed by one process of ours to the next: nobody sets them by hand.
NO_SETTINGS = {
    "DJANGO_SETTINGS_MODULE",
    "DJANGO_ALLOW_ASYNC_UNSAFE",
    "PYTEST_XDIST_WORKER",
    "BENCH_PAGE",
    "MAKELEVEL",
}
# Reads of a name that is worked out: by the functions of env.py, each of which is given it as a text; the plugin goes
# through the two that it sets.
WORKED_OUT = {"newsroom/env.py", "newsroom/embedded/pytest_plugin.py"}
NAME = re.compile(r"[A-Z][A-Z_]+")


def sources() -> Iterator[Path]:
    yield ROOT / "manage.py"
    for folder in OURS:
        yield from sorted((ROOT / folder).rglob("*.py"))


def keys_read(tree: ast.AST) -> Iterator[ast.expr]:
    """The keys with which a file asks the environment."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Subscript) and _is_environment(node.value) and isinstance(node.ctx, ast.Load):
            yield node.slice
        elif isinstance(node, ast.Compare) and any(_is_environment(each) for each in node.comparators):
            yield node.left
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
            asks = node.func.attr == "getenv" or (node.func.attr == "get" and _is_environment(node.func.value))
            if asks:
                yield node.args[0]


def _is_environment(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "environ"


def read_in_the_tree() -> set[str]:
    found: set[str] = set()
    for path in sources():
        name, tree = str(path.relative_to(ROOT)), ast.parse(path.read_text())
        for key in keys_read(tree):
            if isinstance(key, ast.Constant):
                found.add(str(key.value))
            else:
                assert name in WORKED_OUT, f"{name}:{key.lineno} reads a variable whose name is not written there"
        if name == "newsroom/env.py":
            texts = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}
            found |= {text for text in texts if isinstance(text, str) and NAME.fullmatch(text)}
    return found - NO_SETTINGS


def listed(readme: str) -> set[str]:
    """The names in the first column of the tables under Settings."""
    settings = readme.split("## Settings")[1].split("\n## ")[0]
    columns = [line.split("|")[1] for line in settings.splitlines() if line.startswith("| `")]
    return {name for column in columns for name in re.findall(r"`([A-Z_]+)`", column)}


def test_every_setting_that_is_read_is_listed() -> None:
    assert read_in_the_tree() == listed((ROOT / "README.md").read_text())


def test_a_reading_is_found_however_it_is_written() -> None:
    written = """
import os
os.environ["A_A"], os.environ.get("B_B"), os.getenv("C_C"), "D_D" in os.environ
os.environ["X_X"] = "set, not read"
"""
    keys = [key.value for key in keys_read(ast.parse(written)) if isinstance(key, ast.Constant)]
    assert sorted(keys) == ["A_A", "B_B", "C_C", "D_D"]


def test_the_map_names_every_part() -> None:
    drawn = (ROOT / "README.md").read_text().split("## The map")[1].split("\nImports go one way")[0]
    own = parts(ROOT / "newsroom")
    # The tests mirror the apps and the parts of the ground; what else lies there has a line of its own.
    missing = (own | parts(ROOT / "tests", folders_alone=True) - own - set(OURS)) - set(re.findall(r"[a-z_]+", drawn))
    assert not missing


def parts(here: Path, *, folders_alone: bool = False) -> set[str]:
    packages = {path.parent.name for path in here.glob("*/__init__.py")}
    return packages if folders_alone else packages | {path.stem for path in here.glob("[!_]*.py")}

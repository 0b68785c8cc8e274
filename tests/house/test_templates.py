"""Rules that hold for every template."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.template import engines

from newsroom import blocks, checks

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"


def pages() -> list[Path]:
    return [path for path in sorted(TEMPLATES.rglob("*.html")) if "emails" not in path.parts]


def test_every_block_has_every_template() -> None:
    assert checks.every_block_has_every_template(None) == []
    with blocks.registry.only():
        assert len(checks.every_block_has_every_template(None)) == len(checks.KINDS), "a missing kind is noticed"


@pytest.mark.parametrize("path", sorted(TEMPLATES.glob("public/blocks/*/text.txt")), ids=lambda path: path.parent.name)
def test_plain_text_has_no_entities(path: Path) -> None:
    assert path.read_text().startswith("{% autoescape false %}")


def test_every_template_is_its_engines() -> None:
    """A page that few ask for must not be the first to show that a tag is not its engine's."""
    both = {engine.name: engine for engine in engines.all()}
    names: dict[str, list[str]] = {name: [] for name in both}
    for path in sorted(path for path in TEMPLATES.rglob("*") if path.is_file()):
        name = path.relative_to(TEMPLATES).as_posix()
        engine = "public" if name.startswith("public/") else "django"
        inside = name.removeprefix("public/")
        both[engine].get_template(inside)
        names[engine].append(inside)
    assert min(len(each) for each in names.values()) > 50
    assert not set(names["public"]) & set(names["django"]), "Django's would hide the other"


def test_no_template_carries_script_or_style_of_its_own() -> None:
    """The policy refuses them: they would be dead, or would ask for a weaker policy."""
    assert len(list(pages())) > 100
    for path in pages():
        text = path.read_text()
        mail = path.name == "mail.html"  # mail programs know no style sheet
        assert mail or not re.search(r"\sstyle=\"|<style", text), path
        assert not re.search(r"\son[a-z]+=\"|javascript:", text), path
        for script in re.findall(r"<script(?![^>]*\ssrc=)[^>]*>", text):
            assert "application/" in script, f"{path}: {script}"

"""No style sheet names a class that nothing writes: what no page uses is dropped with the page that used it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# Written by CKEditor and by its Django widget, in the packages.
FOREIGN = re.compile(r"cke_\w+|django-ckeditor-widget")
CLASS = re.compile(r"\.(-?[a-z_][\w-]*)", re.IGNORECASE)
STRING = re.compile(r'"([^"]*)"|\'([^\']*)\'|`([^`]*)`')
WORD = re.compile(r"[a-z_][\w-]*", re.IGNORECASE)


def classes_of(sheet: str) -> set[str]:
    """The classes in a sheet's selectors."""
    sheet = re.sub(r'/\*.*?\*/|"[^"]*"', "", sheet, flags=re.DOTALL)
    # Innermost braces first: what is left of a rule is its selector, also inside @media.
    declarations = re.compile(r"(?<=[{;])[^{};]*:[^{};]*(;|(?=\}))")
    while (shorter := declarations.sub("", sheet)) != sheet:
        sheet = shorter
    return set(CLASS.findall(sheet))


def written(text: str) -> Iterator[str]:
    """Every word inside quotation marks: attributes of templates, strings of scripts and Python."""
    for groups in STRING.findall(text):
        yield from WORD.findall(" ".join(groups))


def unused(sheets: dict[str, str], pages: list[str]) -> list[str]:
    """The classes of ``sheets`` (text by name) that no page writes; ``act-{{ x }}`` writes all that begin with it."""
    words = {word for page in pages for word in written(page)}
    beginnings = tuple(word for word in words if word.endswith("-"))
    return [
        f"{name}: .{one}"
        for name, sheet in sheets.items()
        for one in sorted(classes_of(sheet))
        if one not in words and not one.startswith(beginnings) and not FOREIGN.fullmatch(one)
    ]


def test_every_class_is_written_somewhere() -> None:
    pages = [
        re.sub(r'""".*?"""', "", path.read_text(), flags=re.DOTALL)
        for folder in ("templates", "static/js", "static/editor", "newsroom", "articles", "media_assets", "newsletters")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in {".html", ".js", ".py"}
    ]
    sheets = {str(path.relative_to(ROOT)): path.read_text() for path in (ROOT / "static").rglob("*.css")}
    assert len(sheets) > 40
    assert not unused(sheets, pages)


def test_an_unused_class_is_found_wherever_it_stands() -> None:
    sheet = ".a .b:hover { margin: .5rem } @media (width > 1.5em) { .c, .d-1 { color: red; padding: .2em } } /* .e */"
    assert classes_of(sheet) == {"a", "b", "c", "d-1"}
    assert unused({"x.css": sheet}, ['<p class="a b">c</p>', '<p class="d-{{ one }}">']) == ["x.css: .c"]

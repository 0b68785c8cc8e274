"""Assertions about pages, shared by all tests: they read HTML as a browser does, not as text."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import pairwise
from typing import Any

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


@dataclass
class Element:
    """One element: its tag, attributes, and the elements and texts in it."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Element | str] = field(default_factory=list)

    def walk(self) -> Iterator[Element]:
        """All elements below this one, in the order of the document."""
        for child in self.children:
            if isinstance(child, Element):
                yield child
                yield from child.walk()

    @property
    def classes(self) -> set[str]:
        return set(self.attributes.get("class", "").split())

    @property
    def text(self) -> str:
        """The words in it, as a reader meets them: runs of blanks are one space."""
        return " ".join(self._words().split())

    def _words(self) -> str:
        return "".join(
            child if isinstance(child, str) else child._words()
            for child in self.children
            if isinstance(child, str) or child.tag not in ("script", "style")
        )

    def all(self, tag: str = "", cls: str = "", **attributes: str) -> list[Element]:
        """Elements below by tag, class and attributes (``data_id="3"`` asks for data-id)."""
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
        return [
            element
            for element in self.walk()
            if (not tag or element.tag == tag)
            and (not cls or cls in element.classes)
            and all(element.attributes.get(name) == value for name, value in wanted.items())
        ]

    def one(self, tag: str = "", cls: str = "", **attributes: str) -> Element:
        """The only such element; fails when there is none or another."""
        found = self.all(tag, cls, **attributes)
        assert len(found) == 1, f"{len(found)} elements <{tag} class={cls!r} {attributes}> where one was wanted"
        return found[0]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("")
        self.open = [self.root]
        self.astray: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        made = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(made)
        if tag not in VOID:
            self.open.append(made)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open[-1].children.append(Element(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        if self.open[-1].tag == tag:
            self.open.pop()
        elif tag not in VOID:
            self.astray.append(f"</{tag}> inside <{self.open[-1].tag}>")

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


def page(response: Any) -> Element:
    """Read a response (or a string) as HTML.

    Fails when an element is left open or closed by another's end tag: a browser would mend that in its own way.
    """
    html = response if isinstance(response, str) else response.content.decode()
    reader = _Reader()
    reader.feed(html)
    reader.close()
    left = [element.tag for element in reader.open[1:]]
    assert not reader.astray, f"crossed tags: {reader.astray[:3]}"
    assert not left, f"left open: {left}"
    return reader.root


def json_ld(root: Element) -> list[dict[str, Any]]:
    """Every thing that the page's structured data describes."""
    things: list[dict[str, Any]] = []
    for script in root.all("script", type_="application/ld+json"):
        data = json.loads("".join(child for child in script.children if isinstance(child, str)))
        things += data.get("@graph", [data])
    return things


def meta(root: Element, name: str) -> list[str]:
    """The contents of a page's ``<meta name>`` or ``<meta property>``."""
    return [
        element.attributes.get("content", "")
        for element in root.all("meta")
        if name in (element.attributes.get("name"), element.attributes.get("property"))
    ]


def assert_sound(root: Element) -> None:
    """What every page must have: a language, one title, one main, one h1, a skip link that leads to something, no
    heading level left out, no id twice, an alternative text for each picture, a name for each link, no inline style or
    handler (the content security policy would refuse them)."""
    assert root.one("html").attributes.get("lang"), "the page names no language"
    assert root.one("title").text
    root.one("main")
    root.one("h1")
    ids = [element.attributes["id"] for element in root.walk() if "id" in element.attributes]
    assert len(ids) == len(set(ids)), f"twice: {sorted({each for each in ids if ids.count(each) > 1})}"
    skips = root.all("a", "skip")
    assert all(skip.attributes["href"].removeprefix("#") in ids for skip in skips), "the skip link leads nowhere"
    levels = [int(element.tag[1]) for element in root.walk() if element.tag in ("h1", "h2", "h3", "h4", "h5", "h6")]
    assert all(after - before <= 1 for before, after in pairwise(levels)), f"levels {levels}"
    for element in root.walk():
        assert not element.attributes.keys() & {"style", "onclick", "onload", "onerror"}, element.attributes
        if element.tag == "img":
            assert "alt" in element.attributes, element.attributes
            assert element.attributes.get("width"), element.attributes
            assert element.attributes.get("height"), element.attributes
        if element.tag == "a" and "href" in element.attributes:
            named = element.text or element.attributes.get("aria-label") or element.all("img")
            assert named, f"a link without words: {element.attributes['href']}"
        for name in ("aria-labelledby", "aria-describedby", "for"):
            for wanted in element.attributes.get(name, "").split():
                assert wanted in ids, f"{name} names #{wanted}, which is not on the page"

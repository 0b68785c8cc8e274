"""Read the forms of a page, as a browser does before somebody fills them in. Standard library only."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class Form:
    """One form. ``fields`` is what would be sent if nothing were changed; ``boxes`` are tick boxes, ticked or not."""

    action: str
    method: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    boxes: list[tuple[str, str, bool]] = field(default_factory=list)

    def with_(self, values: dict[str, str], *, tick: tuple[str, str] | None = None) -> list[tuple[str, str]]:
        """Return what is sent when these fields are filled in and, perhaps, one box ticked."""
        kept = [(name, value) for name, value in self.fields if name not in values]
        sent = kept + list(values.items()) + [(name, value) for name, value, ticked in self.boxes if ticked]
        return [*sent, tick] if tick else sent


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._open: Form | None = None
        self._area: tuple[str, list[str]] | None = None
        self._select = ""
        self._options: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = Form(given.get("action", ""), given.get("method", "get").lower())
            self.forms.append(self._open)
        if self._open is None:
            return
        name = given.get("name", "")
        if tag == "input" and name:
            kind = given.get("type", "text")
            if kind in {"checkbox", "radio"}:
                self._open.boxes.append((name, given.get("value", "on"), "checked" in given))
            elif kind not in {"submit", "button", "file", "image"}:
                self._open.fields.append((name, given.get("value", "")))
        elif tag == "textarea" and name:
            self._area = (name, [])
        elif tag == "select" and name:
            self._select, self._options = name, []
        elif tag == "option" and self._select:
            self._options.append((given.get("value", ""), "selected" in given))

    def handle_data(self, data: str) -> None:
        if self._area:
            self._area[1].append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "textarea" and self._area and self._open is not None:
            name, text = self._area
            self._open.fields.append((name, "".join(text).removeprefix("\n")))
            self._area = None
        elif tag == "select" and self._select and self._open is not None:
            chosen = [value for value, selected in self._options if selected] or [v for v, _ in self._options[:1]]
            self._open.fields.extend((self._select, value) for value in chosen)
            self._select = ""


def read(html: str) -> list[Form]:
    """Return the page's forms in their order."""
    reader = _Reader()
    reader.feed(html)
    return reader.forms


def one(html: str, *, action: str = "", having: str = "") -> Form:
    """Return the first form whose address holds ``action`` and that has the field ``having``.

    Raises:
        LookupError: the page has no such form.
    """
    for form in read(html):
        if action in form.action and (not having or having in {name for name, _ in form.fields}):
            return form
    raise LookupError(f"The page has no form for {action or having}.")

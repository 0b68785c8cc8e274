"""The desk's menu. What a person may open comes as an answer from each app; the shell knows no app and no role table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from django.urls import reverse

from newsroom.accounts.models import Person


@dataclass(frozen=True)
class Item:
    """One place of the desk.

    Attributes:
        label: one or two words, sentence case.
        icon: a symbol's name in ``static/icons/desk.svg`` without ``i-``.
        url_name: the address, without arguments.
        may: asked with the person; True shows the item. It must cost no query.
        order: ascending; the four lowest stand in the bar of a phone, the others under More.
        key: pressed after ``g`` goes there; one letter or empty.
        count: asked, where the item is shown, by every page of the desk: how much waits there. One query at most.
    """

    label: str
    icon: str
    url_name: str
    may: Callable[[Person], bool]
    order: int
    key: str = ""
    count: Callable[[], int] | None = None


MOST_SHOWN = 99


@dataclass(frozen=True)
class Entry:
    """An item as a template needs it."""

    label: str
    icon: str
    url: str
    key: str
    current: bool
    counter: Callable[[], int] | None = None

    @cached_property
    def count(self) -> int:
        """How much waits there; asked once a page, however often the shell draws it."""
        return self.counter() if self.counter else 0

    @property
    def shown(self) -> str:
        return f"{MOST_SHOWN}+" if self.count > MOST_SHOWN else str(self.count)


class Twice(ValueError):
    """The same place or key was registered twice."""


_items: dict[str, Item] = {}


def register(item: Item) -> None:
    """Add a place to the menu. Called from ``ready()``.

    Raises:
        Twice: its address or its key is taken.
    """
    if item.url_name in _items:
        raise Twice(f"{item.url_name} is in the menu already.")
    if item.key and any(other.key == item.key for other in _items.values()):
        raise Twice(f"The key {item.key} goes somewhere else already.")
    _items[item.url_name] = item


def items_for(person: Person) -> list[Item]:
    """Return the items that this person may open, in order."""
    return sorted((item for item in _items.values() if item.may(person)), key=lambda item: (item.order, item.label))


def entries_for(person: Person, *, path: str, namespace: str = "") -> list[Entry]:
    """Return the menu with at most one entry marked as current.

    Args:
        path: the page's path; the item with the longest address above it is current.
        namespace: the page's URL namespace; decides where no address fits (``/desk/`` stands above every page and
            therefore fits itself alone).
    """
    items = items_for(person)
    urls = {item.url_name: reverse(item.url_name) for item in items}
    fitting = [
        item
        for item in items
        if path == urls[item.url_name]
        or (
            path.startswith(urls[item.url_name])
            and not any(url != urls[item.url_name] and url.startswith(urls[item.url_name]) for url in urls.values())
        )
    ]
    current = max(fitting, key=lambda item: len(urls[item.url_name]), default=None)
    if current is None and namespace:
        above = (item for item in items if path.startswith(urls[item.url_name]))
        current = next((item for item in above if item.url_name.partition(":")[0] == namespace), None)
    return [Entry(item.label, item.icon, urls[item.url_name], item.key, item is current, item.count) for item in items]

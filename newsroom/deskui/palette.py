"""The command palette (Ctrl+K): the menu's places, the apps' actions, and what their finders find."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass

from newsroom.accounts.models import Person
from newsroom.deskui.menu import Item, Twice

log = logging.getLogger(__name__)

LONGEST_QUESTION = 100
MOST_HITS = 8  # of one finder


@dataclass(frozen=True)
class Hit:
    """Something found.

    Attributes:
        label: its name, as the desk shows it elsewhere.
        url: where it opens.
        kind: one word: "Story", "Picture", "Source".
        detail: one short line, or empty.
    """

    label: str
    url: str
    kind: str
    detail: str = ""


Finder = Callable[[Person, str], Iterable[Hit]]

_actions: dict[str, Item] = {}
_finders: list[Finder] = []


def register_action(item: Item) -> None:
    """Add something to do ("New story") beside the menu's places.

    Raises:
        Twice: the address is there already.
    """
    if item.url_name in _actions:
        raise Twice(f"{item.url_name} is in the palette already.")
    _actions[item.url_name] = item


def actions_for(person: Person) -> list[Item]:
    """Return the actions that this person may start, in order."""
    return sorted((item for item in _actions.values() if item.may(person)), key=lambda item: (item.order, item.label))


def register_finder(finder: Finder) -> None:
    """Add a finder. It gets the person and a question of 2 to 100 characters and returns at most a handful of hits,
    only of what this person may open.

    Raises:
        Twice: it is registered already.
    """
    if finder in _finders:
        raise Twice(f"{finder} is registered already.")
    _finders.append(finder)


def find(person: Person, question: str) -> list[dict[str, str]]:
    """Ask every finder. One that fails is logged and left out: the others' hits are worth having."""
    question = question.strip()[:LONGEST_QUESTION]
    if len(question) < 2:
        return []
    hits: list[dict[str, str]] = []
    for finder in _finders:
        try:
            hits += [asdict(hit) for hit in list(finder(person, question))[:MOST_HITS]]
        except Exception:
            log.exception("a finder failed")
    return hits

"""The bell in the shell: one place that says how much is new. Who counts registers it; the shell knows no app."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse

from newsroom.accounts.models import Person
from newsroom.deskui.menu import Twice


@dataclass(frozen=True)
class Bell:
    """Where the bell leads, and how it counts.

    Attributes:
        url_name: the address, without arguments.
        count: asked with the person by every page of the desk; one query, never more than ``most`` + 1.
        most: what is more is shown as "99+".
    """

    url_name: str
    count: Callable[[Person], int]
    most: int = 99


@dataclass(frozen=True)
class Rung:
    """The bell as a template needs it."""

    url: str
    count: int
    shown: str

    @property
    def words(self) -> str:
        return f"Notices, {self.shown} unread" if self.count else "Notices, none unread"


_bells: list[Bell] = []


def register(bell: Bell) -> None:
    """Hang the bell. Called from ``ready()``.

    Raises:
        Twice: one hangs there already.
    """
    if _bells:
        raise Twice("The shell has one bell.")
    _bells.append(bell)


def rung_for(person: Person) -> Rung | None:
    """The bell for this person, or None where nobody hung one."""
    if not _bells:
        return None
    bell = _bells[0]
    count = bell.count(person)
    return Rung(reverse(bell.url_name), count, f"{bell.most}+" if count > bell.most else str(count))

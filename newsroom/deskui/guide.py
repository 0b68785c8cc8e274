"""How the desk works: the help page, one section per subject, contributed by the apps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from newsroom.accounts.models import Person
from newsroom.deskui.menu import Twice


@dataclass(frozen=True)
class Section:
    """One section of the help page.

    Attributes:
        slug: its anchor.
        title: its heading.
        template: a fragment that needs no context of its own.
        order: ascending.
        may: who sees it; everybody by default.
    """

    slug: str
    title: str
    template: str
    order: int = 50
    may: Callable[[Person], bool] = lambda person: True


_sections: dict[str, Section] = {}


def register(section: Section) -> None:
    """Add a section. Called from ``ready()``.

    Raises:
        Twice: the anchor is taken.
    """
    if section.slug in _sections:
        raise Twice(f"The help has a section {section.slug} already.")
    _sections[section.slug] = section


def sections_for(person: Person) -> list[Section]:
    """Return the sections for this person, in order."""
    return sorted((s for s in _sections.values() if s.may(person)), key=lambda s: (s.order, s.title))

"""Two kinds of block for tests of the mechanism; no app's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from newsroom.accounts.models import Person
from newsroom.blocks import Block, Problem, Target


@dataclass
class Note(Block):
    """Its placements are people, so that loading costs a real query."""

    kind: str = "note"
    label: str = "Note"
    refused: set[int] = field(default_factory=set)
    asked: list[set[int]] = field(default_factory=list)

    def load(self, ids: set[int]) -> Mapping[int, Person]:
        self.asked.append(set(ids))
        return Person.objects.in_bulk(ids)

    def tags(self, placement: Person) -> set[str]:
        return {f"note:{placement.pk}"}

    def allowed(self, placement: Person, at: datetime, target: Target) -> bool:
        return placement.pk not in self.refused

    def checks(self, placement: Person, at: datetime) -> Iterable[Problem]:
        if placement.pk in self.refused:
            yield Problem("Not now.", stop=False)

    def context(self, placement: Person, target: Target, at: datetime) -> dict[str, Any]:
        return {"name": placement.name}

    def title(self, placement: Person) -> str:
        return placement.name


@dataclass
class Aside(Note):
    kind: str = "aside"
    label: str = "Aside"

"""What the checks found, in the order in which the desk shows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from articles.checks import STOP, WAIVED, WARN, Check


@dataclass(frozen=True)
class Findings:
    """The findings of one run."""

    found: Sequence[Check]

    @property
    def stops(self) -> list[Check]:
        return [one for one in self.found if one.level == STOP]

    @property
    def stops_approval(self) -> list[Check]:
        return [one for one in self.stops if one.holds_back("approve")]

    @property
    def stops_showing(self) -> list[Check]:
        """What lets an approval pass and holds the story back all the same."""
        return [one for one in self.stops if not one.holds_back("approve")]

    @property
    def warnings(self) -> list[Check]:
        return [one for one in self.found if one.level == WARN]

    @property
    def waived(self) -> list[Check]:
        return [one for one in self.found if one.level == WAIVED]

    def beside(self, move: str) -> list[Check]:
        """What does not stop a move and is worth a look before it."""
        return [one for one in self.found if one.level != WAIVED and not one.holds_back(move)]

"""The keys of a page that no element of it shows: what ``?`` lists beside the keys that stand on buttons and places."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Key:
    """keys: as printed on them, with spaces between: "Alt Shift S". does: what happens, in a few words."""

    keys: str
    does: str

    @property
    def caps(self) -> list[str]:
        return self.keys.split()


EVERYWHERE = (
    Key("Ctrl K", "Find or do something"),
    Key("?", "Show these keys"),
    Key("Esc", "Close what is open"),
)

"""One row of the table of moves, and what it can say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from articles.access import EDITORS
from articles.asks import Ask
from articles.models import Draft, Story
from newsroom.accounts import Role
from newsroom.accounts.models import Person

R = Story.Readers


class On(StrEnum):
    """What a move acts on, and so whose version it compares."""

    DRAFT = "draft"
    STORY = "story"


class Mark(StrEnum):
    """What can be said of a story beside what readers see."""

    LIVE = "live"
    HELD = "held"
    EMBARGOED = "embargoed"
    SPIKED = "spiked"

    def on(self, story: Story, at: datetime) -> bool:
        """Whether the story bears the mark at ``at``."""
        if self is Mark.EMBARGOED:
            return story.embargoed(at)
        if self is Mark.LIVE:
            return story.live
        return (story.held_at if self is Mark.HELD else story.spiked_at) is not None


@dataclass(frozen=True)
class Move:
    """One row.

    name: in addresses, logs and functions. label: on the button. done: after a name, "Bob approved this". said: to the
    person who has just taken it.
    standings, readers: from where. becomes, readers_become: to where; None leaves it.
    sets, clears: the mark that the move gives or takes; a story that has it already, or has not, is not offered it. during: only while the story bears it.
    who: roles. four_eyes: not by the only author. checked: the checks must let it pass. gated: not through a legal hold
    or an embargo. needs_changes: the draft must differ from what readers see. looked: what the checks find is said before
    it, though they hold nothing back. renews: of approved words only those whose approval the section's rule has made
    void. automatic: follows from something else and has no button.
    """

    name: str
    label: str
    done: str
    help: str
    said: str = ""
    on: On = On.DRAFT
    standings: tuple[str, ...] = ()
    becomes: str | None = None
    readers: tuple[str, ...] = ()
    readers_become: str | None = None
    sets: Mark | None = None
    clears: Mark | None = None
    during: Mark | None = None
    who: tuple[str, ...] = EDITORS
    asks: tuple[Ask, ...] = ()
    four_eyes: bool = False
    checked: bool = False
    gated: bool = False
    needs_changes: bool = False
    looked: bool = False
    renews: bool = False
    primary: bool = False
    danger: bool = False
    automatic: bool = False

    @property
    def url_name(self) -> str:
        return f"articles-desk:{self.name}"

    @property
    def shows(self) -> bool:
        """Whether readers see other words after it."""
        return self.readers_become == R.PUBLISHED

    @property
    def sends_approved(self) -> bool:
        """Whether approved words go out by it, now or at a minute."""
        return self.gated and self.standings == (Draft.Standing.APPROVED,)

    @property
    def asks_void(self) -> bool:
        """Whether it matters that the section's rule has made a standing approval void."""
        return self.sends_approved or self.renews

    def not_theirs(self, person: Person) -> str:
        """The sentence for somebody whose roles do not take this move, or ""."""
        if person.has_role(*self.who):
            return ""
        return f"“{self.label}” is for {self.for_whom}."

    @property
    def for_whom(self) -> str:
        """Who takes it, in words: "an editor or an administrator"."""
        return " or ".join(_named(Role(role)) for role in self.who)

    def fits(self, standing: str, story: Story, at: datetime) -> bool:
        """Whether a draft of this standing, or its story, is where the move begins."""
        if self.on is On.DRAFT and standing not in self.standings:
            return False
        if self.readers and story.readers not in self.readers:
            return False
        if story.spiked_at is not None and self.clears is not Mark.SPIKED:
            return False
        if self.sets not in (None, Mark.EMBARGOED) and self.sets.on(story, at):
            return False
        return all(mark is None or mark.on(story, at) for mark in (self.clears, self.during))


def _named(role: Role) -> str:
    name = role.label.lower()
    if role is Role.LEGAL:
        return name
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"

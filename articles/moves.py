"""The table of moves: every step that a story can take, who may take it and what it asks.

The same rows draw the buttons, the help page and the tests. A new move is a row here and, where it does more than
change a standing, an effect in ``workflow``.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from articles.access import EDITORS, WRITERS
from articles.models import Draft, Story, Update

D = Draft.Standing
R = Story.Readers


class On(StrEnum):
    """What a move acts on, and so whose version it compares."""

    DRAFT = "draft"
    STORY = "story"


class When(StrEnum):
    ALWAYS = "always"
    AGAIN = "again"  # readers have seen the story before


@dataclass(frozen=True)
class Ask:
    """One thing that a move asks for. kind: line, lines or choice."""

    name: str
    label: str
    help: str = ""
    kind: str = "line"
    required: bool = True
    choices: tuple[tuple[str, str], ...] = ()
    when: When = When.ALWAYS
    longest: int = 300


@dataclass(frozen=True)
class Move:
    """One row.

    name: in addresses, logs and functions. label: on the button. done: after a name, "Bob approved this".
    standings, readers: from where. becomes, readers_become: to where; None leaves it.
    who: roles. four_eyes: not by the only author. checked: the checks must let it pass. needs_changes: the draft must
    differ from what readers see. automatic: follows from something else and has no button.
    """

    name: str
    label: str
    done: str
    help: str
    on: On = On.DRAFT
    standings: tuple[str, ...] = ()
    becomes: str | None = None
    readers: tuple[str, ...] = ()
    readers_become: str | None = None
    live: bool | None = None
    who: tuple[str, ...] = EDITORS
    asks: tuple[Ask, ...] = ()
    four_eyes: bool = False
    checked: bool = False
    needs_changes: bool = False
    primary: bool = False
    danger: bool = False
    automatic: bool = False

    @property
    def url_name(self) -> str:
        return f"articles-desk:{self.name}"


MOVES: tuple[Move, ...] = (
    Move(
        name="submit",
        label="Submit for review",
        done="submitted this",
        help="Hands the newest words to the editors. Open checks do not hold it back.",
        standings=(D.DRAFT, D.CHANGES_REQUESTED),
        becomes=D.IN_REVIEW,
        who=WRITERS,
        needs_changes=True,
        primary=True,
    ),
    Move(
        name="request-changes",
        label="Request changes",
        done="requested changes to this",
        help="Gives the draft back to its writer with what should change. An approval ends.",
        standings=(D.IN_REVIEW, D.APPROVED),
        becomes=D.CHANGES_REQUESTED,
        asks=(Ask("reason", "What should change", "The writer reads this first.", kind="lines", longest=5000),),
    ),
    Move(
        name="approve",
        label="Approve",
        done="approved this",
        help="Stands behind these very words. Words saved later need a new approval.",
        standings=(D.IN_REVIEW,),
        becomes=D.APPROVED,
        four_eyes=True,
        checked=True,
        needs_changes=True,
        primary=True,
    ),
    Move(
        name="publish",
        label="Publish",
        done="published this",
        help="Shows readers the approved words.",
        standings=(D.APPROVED,),
        becomes=D.CLOSED,
        readers=(R.NOTHING, R.PUBLISHED),
        readers_become=R.PUBLISHED,
        asks=(
            Ask(
                "kind", "What kind of change is it", kind="choice", choices=tuple(Update.Kind.choices), when=When.AGAIN
            ),
            Ask(
                "line",
                "What readers are told",
                "One line under the story. A minor change has none and moves no time.",
                required=False,
                when=When.AGAIN,
            ),
        ),
        checked=True,
        primary=True,
    ),
    Move(
        name="declare-live",
        label="Declare live",
        done="declared this live",
        help="Tells readers that the story will continue to be updated, and puts it under “Needs an update”.",
        on=On.STORY,
        readers=(R.NOTHING, R.PUBLISHED),
        live=True,
    ),
    Move(
        name="end-live",
        label="End live",
        done="ended the live story",
        help="Takes the live notice down.",
        on=On.STORY,
        readers=(R.NOTHING, R.PUBLISHED, R.WITHDRAWN),
        live=False,
    ),
    Move(
        name="withdraw",
        label="Withdraw",
        done="withdrew this",
        help="Takes the story from readers everywhere, at once.",
        on=On.STORY,
        readers=(R.PUBLISHED,),
        readers_become=R.WITHDRAWN,
        asks=(
            Ask("reason", "Why", "For the desk.", kind="lines", longest=5000),
            Ask(
                "notice",
                "Notice to readers",
                "Shown at the story's address. Empty: the page is simply gone.",
                required=False,
            ),
        ),
        danger=True,
    ),
    Move(
        name="open",
        label="New story",
        done="opened this story",
        help="Starts a story.",
        who=WRITERS,
        automatic=True,
    ),
    Move(
        name="reopen",
        label="Write an update",
        done="opened this again",
        help="Starts the next version of a published story, from the words that readers see.",
        readers=(R.PUBLISHED,),
        who=WRITERS,
        automatic=True,
    ),
    Move(
        name="change",
        label="Changed after approval",
        done="changed this after its approval",
        help="New words on an approved draft: the approval is gone and the draft is in review again.",
        standings=(D.APPROVED,),
        becomes=D.IN_REVIEW,
        who=WRITERS,
        automatic=True,
    ),
)
BY_NAME = {move.name: move for move in MOVES}
BUTTONS = tuple(move for move in MOVES if not move.automatic)
